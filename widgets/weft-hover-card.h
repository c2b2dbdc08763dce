/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A card beside the pointer with a time and the values there. The widget covers the whole of what it
 * lies over and draws the card in it, so that moving the card needs no new layout; it takes no events.
 */
#pragma once

#include <gtk/gtk.h>

#include "weft-plot-style.h"

G_BEGIN_DECLS

#define WEFT_TYPE_HOVER_CARD (weft_hover_card_get_type ())
G_DECLARE_FINAL_TYPE (WeftHoverCard, weft_hover_card, WEFT, HOVER_CARD, GtkWidget)

GtkWidget *weft_hover_card_new (void);
void weft_hover_card_set_scheme (WeftHoverCard *self, WeftStyleScheme scheme);

/** weft_hover_card_show: @title: bold, above @text; @x, @y: what the card lies beside. */
void weft_hover_card_show (WeftHoverCard *self, const char *title, const char *text, double x, double y);
void weft_hover_card_hide (WeftHoverCard *self);

/** weft_hover_card_get_rectangle: where the card is. Returns: whether it is shown. */
gboolean weft_hover_card_get_rectangle (WeftHoverCard *self, graphene_rect_t *rectangle);

G_END_DECLS
