/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weft-hover-card.h"

#include <math.h>

#define PADDING 9
#define DISTANCE 14 /* from the point that it is beside, px */
#define EDGE 4      /* from the edge of the widget */
#define MAXIMUM_WIDTH 420
#define RADIUS 8

struct _WeftHoverCard
{
  GtkWidget parent_instance;

  WeftStyleScheme scheme;
  char *title;
  char *text;
  double x, y;
  gboolean shown;

  PangoLayout *layout; /* of title and text; %NULL: to be made */
  int text_width, text_height;
  int widest; /* since the card came up: it does not become narrower, which would look restless */
};

G_DEFINE_FINAL_TYPE (WeftHoverCard, weft_hover_card, GTK_TYPE_WIDGET)

typedef struct
{
  GdkRGBA background, text, border;
} CardColours;

static const CardColours colours[] = {
  [WEFT_STYLE_LIGHT] = { { 0.14f, 0.14f, 0.18f, 0.95f }, { 1, 1, 1, 1 }, { 1, 1, 1, 0.12f } },
  [WEFT_STYLE_DARK] = { { 0.27f, 0.27f, 0.30f, 0.97f }, { 1, 1, 1, 1 }, { 1, 1, 1, 0.18f } },
  [WEFT_STYLE_LIGHT_CONTRAST] = { { 1, 1, 1, 1 }, { 0, 0, 0, 1 }, { 0, 0, 0, 1 } },
  [WEFT_STYLE_DARK_CONTRAST] = { { 0, 0, 0, 1 }, { 1, 1, 1, 1 }, { 1, 1, 1, 1 } },
};

static void
ensure_layout (WeftHoverCard *self)
{
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  g_autofree char *markup = NULL;
  int room = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * (PADDING + EDGE);

  if (self->layout != NULL)
    return;

  title = g_markup_escape_text (self->title, -1);
  text = g_markup_escape_text (self->text, -1);
  markup = g_strdup_printf ("<b>%s</b>%s<span size=\"smaller\" font_features=\"tnum=1\">%s</span>", title,
                            *text != '\0' ? "\n" : "", text);

  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  pango_layout_set_markup (self->layout, markup, -1);
  pango_layout_get_pixel_size (self->layout, &self->text_width, NULL);
  if (self->text_width > MAX (MIN (room, MAXIMUM_WIDTH), 1))
    {
      self->text_width = MAX (MIN (room, MAXIMUM_WIDTH), 1);
      pango_layout_set_width (self->layout, self->text_width * PANGO_SCALE);
      pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
      pango_layout_set_indent (self->layout, -12 * PANGO_SCALE);
    }
  pango_layout_get_pixel_size (self->layout, NULL, &self->text_height);
  self->widest = MIN (MAX (self->widest, self->text_width), MAX (room, 1));
}

/* Beside the point: right of it and below, or on the other side where there is no room; inside at
 * any rate. */
static float
place (double point, double size, double room)
{
  double begin = point + DISTANCE;

  if (begin + size > room - EDGE)
    begin = point - DISTANCE - size;
  return (float) round (CLAMP (begin, EDGE, MAX (room - EDGE - size, EDGE)));
}

static void
weft_hover_card_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const float widths[] = { 1, 1, 1, 1 };
  WeftHoverCard *self = WEFT_HOVER_CARD (widget);
  const CardColours *look = &colours[self->scheme];
  const GdkRGBA borders[] = { look->border, look->border, look->border, look->border };
  graphene_rect_t rectangle;
  GskRoundedRect outline;

  if (!weft_hover_card_get_rectangle (self, &rectangle))
    return;

  gsk_rounded_rect_init_from_rect (&outline, &rectangle, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &look->background, &rectangle);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (rectangle.origin.x + PADDING, rectangle.origin.y + PADDING));
  gtk_snapshot_append_layout (snapshot, self->layout, &look->text);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &outline, widths, borders);
}

static void
drop_layout (WeftHoverCard *self)
{
  g_clear_object (&self->layout);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
weft_hover_card_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  drop_layout (WEFT_HOVER_CARD (widget));
}

static void
weft_hover_card_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (weft_hover_card_parent_class)->system_setting_changed (widget, setting);
  drop_layout (WEFT_HOVER_CARD (widget));
}

static void
weft_hover_card_finalize (GObject *object)
{
  WeftHoverCard *self = WEFT_HOVER_CARD (object);

  g_clear_object (&self->layout);
  g_free (self->title);
  g_free (self->text);
  G_OBJECT_CLASS (weft_hover_card_parent_class)->finalize (object);
}

static void
weft_hover_card_class_init (WeftHoverCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weft_hover_card_finalize;
  widget_class->snapshot = weft_hover_card_snapshot;
  widget_class->size_allocate = weft_hover_card_size_allocate;
  widget_class->system_setting_changed = weft_hover_card_system_setting_changed;

  /* What it says is in the descriptions of the charts, which last. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
weft_hover_card_init (WeftHoverCard *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

GtkWidget *
weft_hover_card_new (void)
{
  return g_object_new (WEFT_TYPE_HOVER_CARD, NULL);
}

void
weft_hover_card_set_scheme (WeftHoverCard *self, WeftStyleScheme scheme)
{
  g_return_if_fail (WEFT_IS_HOVER_CARD (self));
  g_return_if_fail (scheme < G_N_ELEMENTS (colours));

  self->scheme = scheme;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
weft_hover_card_show (WeftHoverCard *self, const char *title, const char *text, double x, double y)
{
  g_return_if_fail (WEFT_IS_HOVER_CARD (self));
  g_return_if_fail (title != NULL && text != NULL);

  if (g_strcmp0 (self->title, title) != 0 || g_strcmp0 (self->text, text) != 0)
    {
      g_free (self->title);
      self->title = g_strdup (title);
      g_free (self->text);
      self->text = g_strdup (text);
      drop_layout (self);
    }
  if (self->x != x || self->y != y || !self->shown)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  self->x = x;
  self->y = y;
  self->shown = TRUE;
}

void
weft_hover_card_hide (WeftHoverCard *self)
{
  g_return_if_fail (WEFT_IS_HOVER_CARD (self));

  if (!self->shown)
    return;
  self->shown = FALSE;
  self->widest = 0;
  drop_layout (self);
}

gboolean
weft_hover_card_get_rectangle (WeftHoverCard *self, graphene_rect_t *rectangle)
{
  double width;
  double height;

  g_return_val_if_fail (WEFT_IS_HOVER_CARD (self), FALSE);

  if (!self->shown)
    return FALSE;
  ensure_layout (self);
  width = self->widest + 2 * PADDING;
  height = self->text_height + 2 * PADDING;
  graphene_rect_init (rectangle, place (self->x, width, gtk_widget_get_width (GTK_WIDGET (self))),
                      place (self->y, height, gtk_widget_get_height (GTK_WIDGET (self))), (float) width,
                      (float) height);
  return TRUE;
}
