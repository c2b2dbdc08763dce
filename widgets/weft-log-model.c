/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-log-model.h"

#include "weft-log-item.h"

struct _WeftLogModel
{
  GObject parent_instance;

  WeftRecording *recording;
  guint n_entries;
};

static GType
weft_log_model_get_item_type (GListModel *model)
{
  return WEFT_TYPE_LOG_ITEM;
}

static guint
weft_log_model_get_n_items (GListModel *model)
{
  return WEFT_LOG_MODEL (model)->n_entries;
}

static gpointer
weft_log_model_get_item (GListModel *model, guint position)
{
  WeftLogModel *self = WEFT_LOG_MODEL (model);

  return position < self->n_entries ? weft_log_item_new (self->recording, position) : NULL;
}

static void
weft_log_model_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = weft_log_model_get_item_type;
  iface->get_n_items = weft_log_model_get_n_items;
  iface->get_item = weft_log_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftLogModel, weft_log_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, weft_log_model_list_model_init))

static void
weft_log_model_finalize (GObject *object)
{
  g_clear_object (&WEFT_LOG_MODEL (object)->recording);
  G_OBJECT_CLASS (weft_log_model_parent_class)->finalize (object);
}

static void
weft_log_model_class_init (WeftLogModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_log_model_finalize;
}

static void
weft_log_model_init (WeftLogModel *self)
{
}

WeftLogModel *
weft_log_model_new (void)
{
  return g_object_new (WEFT_TYPE_LOG_MODEL, NULL);
}

void
weft_log_model_set (WeftLogModel *self, WeftRecording *recording, guint64 n_entries)
{
  guint n_before;
  guint n_now;

  g_return_if_fail (WEFT_IS_LOG_MODEL (self));
  g_return_if_fail (recording == NULL || WEFT_IS_RECORDING (recording));

  /* A list model has no room for more. */
  n_now = recording != NULL ? (guint) MIN (n_entries, G_MAXUINT - 1) : 0;
  n_before = self->n_entries;

  if (self->recording != recording)
    {
      g_set_object (&self->recording, recording);
      self->n_entries = n_now;
      g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, n_now);
    }
  else if (n_now > n_before)
    {
      self->n_entries = n_now;
      g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, n_now - n_before);
    }
}

WeftRecording *
weft_log_model_get_recording (WeftLogModel *self)
{
  g_return_val_if_fail (WEFT_IS_LOG_MODEL (self), NULL);

  return self->recording;
}
