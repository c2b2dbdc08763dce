#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feeds check_structure.py a small project without a fault, then the same with one fault at a time,
and sees each found."""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import check_structure  # noqa: E402

C = '/* SPDX-License-Identifier: GPL-3.0-or-later */\n'
H = C + '#pragma once\n'
M = '# SPDX-License-Identifier: GPL-3.0-or-later\n'

SOUND = {
    'meson.build': M,
    'README.md': 'Any text.\n',
    'workloads/wire/weft-wire.h': H + '#include <stdint.h>\n#include <sys/mman.h>\n',
    'workloads/wire/meson.build': M + "wire_dep = declare_dependency(link_with: wire_lib,\n"
                                      "  include_directories: include_directories('.'),\n"
                                      "  dependencies: threads_dep)\n",
    'workloads/weft-run.h': H,
    'workloads/weft-run.c': C + '#include "weft-run.h"\n#include "weft-wire.h"\n#include <glib.h>\n',
    'workloads/broker/weft-broker.h': H + '#include <hiredis/hiredis.h>\n#include "weft-wire.h"\n',
    'model/weft-model.h': H + '#include <gio/gio.h>\n',
    'model/weft-model.c': C + '#include "weft-model.h"\n#include <glibtop/cpu.h>\n#include "weft-wire.h"\n'
                              '#include "weft-made.h"\n',
    'model/meson.build': M + "made = configure_file(output: 'weft-made.h')\n"
                             "model_lib = static_library('m', dependencies: [wire_dep, gio_dep])\n"
                             "model_dep = declare_dependency(link_with: model_lib)\n",
    'widgets/plot/weft-plot.h': H + '#include <cairo.h>\n#include "weft-model.h"\n',
    'widgets/weft-view.h': H + '#include <gtk/gtk.h>\n#include "weft-plot.h"\n',
    'app/cli/main.c': C + '#include "weft-plot.h"\n/* #include <gtk/gtk.h> is not wanted here. */\n',
    'app/main.c': C + '#include <adwaita.h>\n#include "weft-view.h"\n',
    'app/meson.build': M + "executable('weft', dependencies: [widgets_dep, model_dep, adwaita_dep])\n",
    'scripts/run': '#!/bin/bash\n# SPDX-License-Identifier: GPL-3.0-or-later\n',
}

# Name: file, its new text, a piece of the report.
FAULTS = {
    'wire includes GLib': ('workloads/wire/a.c', C + '#include <glib.h>\n', 'a.c:2: wire may not include <glib.h>'),
    'wire includes model': ('workloads/wire/a.c', C + '#include "weft-model.h"\n', 'wire may not include'),
    'wire includes workloads': ('workloads/wire/a.c', C + '#include "../weft-run.h"\n', 'wire may not include'),
    'workloads include model': ('workloads/a.c', C + '#include "weft-model.h"\n', 'workloads may not include'),
    'workloads include GTK': ('workloads/a.c', C + '#include <gtk/gtk.h>\n', 'workloads may not include'),
    'model includes GTK': ('model/a.c', C + '\n#  include <gtk/gtk.h>\n', 'a.c:3: model may not include'),
    'model includes cairo': ('model/a.c', C + '#include <cairo-svg.h>\n', 'model may not include'),
    'model includes workloads': ('model/a.c', C + '#include "weft-run.h"\n', 'model may not include'),
    'model includes broker': ('model/a.c', C + '#include "weft-broker.h"\n', 'model may not include'),
    'model includes plot': ('model/a.h', H + '#include "weft-plot.h"\n', 'model may not include'),
    'plot includes GTK': ('widgets/plot/a.c', C + '#include <gdk/gdk.h>\n', 'plot may not include'),
    'plot includes wire': ('widgets/plot/a.c', C + '#include "weft-wire.h"\n', 'plot may not include'),
    'plot includes widgets': ('widgets/plot/a.c', C + '#include "weft-view.h"\n', 'plot may not include'),
    'widgets include wire': ('widgets/a.c', C + '#include "weft-wire.h"\n', 'widgets may not include'),
    'widgets include libgtop': ('widgets/a.c', C + '#include <glibtop.h>\n', 'widgets may not include'),
    'cli includes GTK': ('app/cli/a.c', C + '#include <gtk/gtk.h>\n', 'cli may not include'),
    'cli includes Adwaita': ('app/cli/a.c', C + '#include <adwaita.h>\n', 'cli may not include'),
    'cli includes widgets': ('app/cli/a.c', C + '#include "weft-view.h"\n', 'cli may not include'),
    'cli includes app': ('app/cli/a.c', C + '#include "../weft-a.h"\n', 'cli may not include'),
    'app includes wire': ('app/a.c', C + '#include "../workloads/wire/weft-wire.h"\n', 'app may not include'),
    'app includes workloads': ('app/a.c', C + '#include "weft-run.h"\n', 'app may not include'),
    'after a comment': ('model/a.c', C + '/* a\n */ #include <gtk/gtk.h>\n', 'a.c:3: model may not'),
    'unknown library': ('model/a.c', C + '#include <openssl/ssl.h>\n', 'no library known'),
    'unknown header': ('model/a.c', C + '#include "weft-nowhere.h"\n', 'not a header of the project'),
    'include by macro': ('model/a.c', C + '#include HEADER\n', 'does not name a file'),
    'model depends on GTK': ('model/meson.build', M + 'x = [gtk_dep]\n', 'model may not depend on gtk_dep'),
    'plot depends on wire': ('widgets/plot/meson.build', M + 'x = wire_dep\n', 'plot may not depend on wire_dep'),
    'cli depends on widgets': ('app/cli/meson.build', M + 'x = widgets_dep\n', 'cli may not depend on'),
    'wire depends on GLib': ('workloads/wire/meson.build', M + 'x = glib_dep\n', 'wire may not depend on'),
    'unknown dependency': ('model/meson.build', M + 'x = ssl_dep\n', 'ssl_dep is no dependency known'),
    'foreign include directory': ('model/meson.build', M + "x = include_directories('../workloads')\n",
                                  "only name the layer's own folder"),
    'dependency passed on': ('model/meson.build',
                             M + "model_dep = declare_dependency(link_with: f(a),\n  dependencies: [wire_dep])\n",
                             'may not pass wire_dep on'),
    'no licence in C': ('model/a.c', 'int a;\n', 'no SPDX'),
    'no licence in a script': ('scripts/a', '#!/bin/sh\n', 'no SPDX'),
    'no licence in meson.build': ('data/meson.build', '\n', 'no SPDX'),
    'no licence in a test': ('tests/a.py', 'import os\n', 'no SPDX'),
    'no pragma': ('model/a.h', C, 'without #pragma once'),
    'pragma in a comment': ('model/a.h', C + '/* #pragma once */\n', 'without #pragma once'),
    'too long': ('model/a.c', C + '\n' * 1000, '1001 lines'),
}


def check(files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), 'w', encoding='utf-8') as file:
                file.write(text)
        return check_structure.Checker(root).check()


class TestCheckStructure(unittest.TestCase):
    def test_sound(self):
        self.assertEqual(check(SOUND), [])

    def test_just_short_enough(self):
        self.assertEqual(check({**SOUND, 'model/a.c': C + '\n' * 999}), [])

    def test_faults(self):
        for name, (path, text, wanted) in FAULTS.items():
            with self.subTest(name):
                files = {**SOUND, path: text}
                if path == 'app/cli/a.c':
                    files['app/weft-a.h'] = H
                if path == 'model/meson.build':
                    del files['model/weft-model.c']  # it wants the header that the other text made
                problems = check(files)
                self.assertEqual(len(problems), 1, problems)
                self.assertIn(wanted, problems[0])
                self.assertTrue(problems[0].startswith(path + ':'), problems)


if __name__ == '__main__':
    unittest.main()
