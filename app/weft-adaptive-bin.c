/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-adaptive-bin.h"

/* The narrowest width that a child is made for: 360 px less the frame that a window may have. */
#define MINIMUM_WIDTH 340

struct _WeftAdaptiveBin
{
  GtkWidget parent_instance;

  GtkWidget *child;
  int narrow_below;
  int natural_width;
  gboolean narrow;
  guint change; /* the source that will change `narrow`; 0: none */
};

enum
{
  PROP_0,
  PROP_CHILD,
  PROP_NARROW,
  PROP_NARROW_BELOW,
  PROP_NATURAL_WIDTH,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void weft_adaptive_bin_buildable_init (GtkBuildableIface *iface);
static GtkBuildableIface *parent_buildable;

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftAdaptiveBin, weft_adaptive_bin, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, weft_adaptive_bin_buildable_init))

static gboolean
is_narrow (WeftAdaptiveBin *self)
{
  return gtk_widget_get_width (GTK_WIDGET (self)) < self->narrow_below;
}

static gboolean
change_cb (gpointer user_data)
{
  WeftAdaptiveBin *self = user_data;

  self->change = 0;
  if (self->narrow != is_narrow (self))
    {
      self->narrow = !self->narrow;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }
  return G_SOURCE_REMOVE;
}

static GtkSizeRequestMode
weft_adaptive_bin_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
weft_adaptive_bin_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                           int *natural, int *minimum_baseline, int *natural_baseline)
{
  WeftAdaptiveBin *self = WEFT_ADAPTIVE_BIN (widget);

  if (self->child != NULL)
    gtk_widget_measure (self->child, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    return;
  /* While it is wide it can still become narrow, in which the child needs less. */
  if (!self->narrow && self->narrow_below > 0)
    *minimum = MIN (*minimum, MINIMUM_WIDTH);
  *natural = MAX (*minimum, self->natural_width);
}

static void
weft_adaptive_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WeftAdaptiveBin *self = WEFT_ADAPTIVE_BIN (widget);
  int minimum;

  /* The owner shows and hides widgets, which must not happen within an allocation. The source runs
   * before the next frame is laid out; until then the child may reach over the edge, and is cut. */
  if (self->narrow != (width < self->narrow_below) && self->change == 0)
    self->change = g_idle_add_full (G_PRIORITY_HIGH_IDLE, change_cb, self, NULL);
  if (self->child == NULL)
    return;
  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  width = MAX (width, minimum);
  gtk_widget_measure (self->child, GTK_ORIENTATION_VERTICAL, width, &minimum, NULL, NULL, NULL);
  gtk_widget_allocate (self->child, width, MAX (height, minimum), baseline, NULL);
}

static void
weft_adaptive_bin_set_child (WeftAdaptiveBin *self, GtkWidget *child)
{
  if (self->child == child)
    return;
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHILD]);
}

static void
weft_adaptive_bin_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeftAdaptiveBin *self = WEFT_ADAPTIVE_BIN (object);

  switch (prop_id)
    {
    case PROP_CHILD:
      g_value_set_object (value, self->child);
      break;
    case PROP_NARROW:
      g_value_set_boolean (value, self->narrow);
      break;
    case PROP_NARROW_BELOW:
      g_value_set_int (value, self->narrow_below);
      break;
    case PROP_NATURAL_WIDTH:
      g_value_set_int (value, self->natural_width);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_adaptive_bin_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WeftAdaptiveBin *self = WEFT_ADAPTIVE_BIN (object);

  switch (prop_id)
    {
    case PROP_CHILD:
      weft_adaptive_bin_set_child (self, g_value_get_object (value));
      break;
    case PROP_NARROW_BELOW:
      self->narrow_below = g_value_get_int (value);
      break;
    case PROP_NATURAL_WIDTH:
      self->natural_width = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_adaptive_bin_dispose (GObject *object)
{
  WeftAdaptiveBin *self = WEFT_ADAPTIVE_BIN (object);

  g_clear_handle_id (&self->change, g_source_remove);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  G_OBJECT_CLASS (weft_adaptive_bin_parent_class)->dispose (object);
}

static void
weft_adaptive_bin_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    weft_adaptive_bin_set_child (WEFT_ADAPTIVE_BIN (buildable), GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
weft_adaptive_bin_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = weft_adaptive_bin_add_child;
}

static void
weft_adaptive_bin_class_init (WeftAdaptiveBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = weft_adaptive_bin_get_property;
  object_class->set_property = weft_adaptive_bin_set_property;
  object_class->dispose = weft_adaptive_bin_dispose;
  widget_class->get_request_mode = weft_adaptive_bin_get_request_mode;
  widget_class->measure = weft_adaptive_bin_measure;
  widget_class->size_allocate = weft_adaptive_bin_size_allocate;

  properties[PROP_CHILD] =
      g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW] =
      g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW_BELOW] =
      g_param_spec_int ("narrow-below", NULL, NULL, 0, G_MAXINT, 0,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_NATURAL_WIDTH] =
      g_param_spec_int ("natural-width", NULL, NULL, 0, G_MAXINT, 0,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "adaptive");
}

static void
weft_adaptive_bin_init (WeftAdaptiveBin *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

gboolean
weft_adaptive_bin_get_narrow (WeftAdaptiveBin *self)
{
  g_return_val_if_fail (WEFT_IS_ADAPTIVE_BIN (self), FALSE);
  return self->narrow;
}
