/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recordings made by hand, and an image to draw them on.
 */
#pragma once

#include <cairo.h>

#include "weft-plot.h"
#include "weft-recording-private.h"

#define MS G_GINT64_CONSTANT (1000000)
#define S G_GINT64_CONSTANT (1000000000)

/* A pool of 4 processes and 5 sleeping tasks, 3.2 s long, with its queue and 2 cores. */
WeftRecording *fixture_pool (void);

/* One process: 2 producers and 3 consumers, threads, a queue of 8 that is full, then empty; 12 s. One producer
 * waits for a lock, does I/O and spins in between. */
WeftRecording *fixture_queue (void);

/* 2 producers, 1 consumer: an unbounded queue that grows; the consumer is killed at 6 of 8 s. */
WeftRecording *fixture_overload (void);

/* @n_lanes threads with @n_spans spans each within 1 s, of one pattern: 60 % working, 30 % queue empty, 10 %
 * waiting for a lock. */
WeftRecording *fixture_dense (guint n_lanes, guint n_spans);

/* One lane: working, 1 s of lost events in the middle of 3 s, working. One core, of which the middle second is
 * not known. */
WeftRecording *fixture_gap (void);

/* @n_cores cores with different loads, one of them offline for a while; 10 s; no lanes. */
WeftRecording *fixture_cores (guint n_cores);

/* Lanes that ended in every way. */
WeftRecording *fixture_ends (void);

/* Nothing yet. */
WeftRecording *fixture_empty (void);

/* An image of @width × @height px with @scale device px to a px, filled with magenta, which nothing draws. */
cairo_surface_t *fixture_image (int width, int height, int scale);

/* The device pixel at @x, @y: 0xrrggbb. */
guint32 fixture_pixel (cairo_surface_t *image, int x, int y);

guint32 fixture_rgb (WeftColour colour);

/* Sets the area of @plot to the whole of @width × @height with @gutter, and its axis to the range. */
void
fixture_set_area (WeftPlot *plot, double width, double height, double gutter, gint64 begin_ns, gint64 end_ns);
