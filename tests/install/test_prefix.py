# SPDX-License-Identifier: GPL-3.0-or-later
"""Weft as it is installed: into a prefix, into a DESTDIR, copied elsewhere, and removed again.

The programs are built once more, for a prefix below a temporary folder; then the module starts itself
again with a display and a session of its own (see weft_ui.py), whose bus looks for services in that
prefix. The programs themselves are started without any variable that would tell them of it.
"""

import configparser
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "ui"))

ID = os.environ["WEFT_TEST_ID"]
OBJECT_PATH = "/" + ID.replace(".", "/")
FOLDER = os.environ.get("WEFT_TEST_FOLDER", "")
PREFIX = os.path.join(FOLDER, "prefix")
BUILD = os.path.join(FOLDER, "build")
PROGRAMS = ("app/weft", "app/cli/weft-cli", "workloads/weft-workload")
# They tell the desktop of all programs of a prefix, so they are not Weft's to remove.
CACHES = {"share/applications/mimeinfo.cache", "share/glib-2.0/schemas/gschemas.compiled",
          "share/icons/hicolor/icon-theme.cache"}
NO_SCHEMA = "settings schema"


def run(*command, **options):
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                            **options)
    if answer.returncode != 0:
        sys.exit("%s:\n%s" % (shlex.join(command), answer.stdout))


def build():
    run("meson", "setup", BUILD, os.environ["WEFT_TEST_SOURCE"], "--prefix", PREFIX, "--buildtype=plain")
    run("ninja", "-C", BUILD, *PROGRAMS, "data/gschemas.compiled")


def install(**variables):
    run("meson", "install", "-C", BUILD, "--no-rebuild", env=dict(os.environ, **variables))


def files_in(folder):
    return {os.path.relpath(os.path.join(path, name), folder)
            for path, _, names in os.walk(folder) for name in names}


if __name__ == "__main__" and not FOLDER:
    if shutil.which("meson") is None or shutil.which("ninja") is None:
        print("There is no meson or no ninja to install with.")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="weft-prefix-") as FOLDER:
        os.environ["WEFT_TEST_FOLDER"] = FOLDER
        PREFIX = os.path.join(FOLDER, "prefix")
        BUILD = os.path.join(FOLDER, "build")
        build()
        install()
        os.environ["WEFT_TEST_PROGRAM"] = os.path.join(PREFIX, "bin", "weft")
        os.environ["XDG_DATA_DIRS"] = os.path.join(PREFIX, "share") + ":/usr/local/share:/usr/share"
        import weft_ui
        weft_ui.main()

import gi  # noqa: E402

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

import weft_ui  # noqa: E402
from weft_ui import wait_for  # noqa: E402

# The bus has it; the programs are to find their way without.
os.environ.pop("XDG_DATA_DIRS", None)


class Activated:
    """The program that the bus of the session has started."""

    def __init__(self):
        self.session = Gio.bus_get_sync(Gio.BusType.SESSION)
        environment = {"DISPLAY": os.environ["DISPLAY"], "GDK_BACKEND": "x11"}
        self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                  "UpdateActivationEnvironment", GLib.Variant("(a{ss})", (environment,)))
        self.ask("Activate", GLib.Variant("(a{sv})", ({},)))
        self.pid = self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                             "GetConnectionUnixProcessID", GLib.Variant("(s)", (ID,)))[0]

    def call(self, *arguments):
        return self.session.call_sync(*arguments, None, Gio.DBusCallFlags.NONE, 20000, None).unpack()

    def ask(self, method, arguments):
        self.call(ID, OBJECT_PATH, "org.freedesktop.Application", method, arguments)

    def act(self, action):
        self.ask("ActivateAction", GLib.Variant("(sava{sv})", (action, [], {})))

    def windows(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.pid)],
                               capture_output=True, text=True, check=False)
        return len(found.stdout.split())

    def end(self):
        for pid in [self.pid] + weft_ui.descendants(self.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


class Installed(weft_ui.TestCase):
    """In the order of their names: the last of them removes what was installed."""

    def start_program(self, program, *arguments):
        weft_ui.WEFT = program
        return self.start(*arguments)

    def assert_runs(self, cli):
        for workload, parameters in (("pool", ("workers=2", "tasks=4", "min-ms=10", "max-ms=10")),
                                     ("queue", ("items=4", "produce-ms=10", "consume-ms=10"))):
            for backend in ("processes", "threads"):
                with self.subTest((workload, backend)):
                    command = [cli, "run", workload, "-p", "backend=" + backend, "--summary", "-"]
                    for parameter in parameters:
                        command += ["-p", parameter]
                    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
                    self.assertEqual(answer.returncode, 0, answer.stderr)
                    summary = json.loads(answer.stdout)
                    self.assertEqual(summary["outcome"], "finished")
                    self.assertEqual(summary["tasks"]["completed"], 4)

    def assert_window(self, program):
        """It starts, runs a pool and is closed; returns what it printed."""
        window = self.start_program(program, "--workload", "pool", "--run", "-p", "tasks=1",
                                    "-p", "min-ms=1", "-p", "max-ms=1")
        wait_for(lambda: window.has_label("Finished · "), "the run to finish")
        window.quit()
        return window.output()

    def read_icon(self, window):
        """The pixels of the icon that the window has given to the desktop, as 0xAARRGGBB."""
        text = subprocess.run(["xprop", "-notype", "-id", window.xid, "-f", "_NET_WM_ICON", "32c", "_NET_WM_ICON"],
                              capture_output=True, text=True, check=True).stdout
        numbers = [int(number) for number in re.findall(r"\d+", text.partition("=")[2])]
        self.assertGreater(len(numbers), 2, "the window has no icon: %s" % text)
        return numbers[2:2 + numbers[0] * numbers[1]]

    def test_1_files(self):
        share = os.path.join(PREFIX, "share")
        for name in ("bin/weft", "bin/weft-cli", "share/metainfo/%s.metainfo.xml" % ID, "share/man/man1/weft.1",
                     "share/man/man1/weft-cli.1", "share/icons/hicolor/scalable/apps/%s.svg" % ID,
                     "share/icons/hicolor/symbolic/apps/%s-symbolic.svg" % ID,
                     "share/bash-completion/completions/weft", "share/bash-completion/completions/weft-cli"):
            self.assertTrue(os.path.isfile(os.path.join(PREFIX, name)), name)
        self.assertTrue(os.path.isfile(os.path.join(share, "glib-2.0/schemas/gschemas.compiled")))
        for name in ("applications/%s.desktop" % ID, "dbus-1/services/%s.service" % ID):
            keys = configparser.ConfigParser(interpolation=None)
            keys.read(os.path.join(share, name), encoding="utf-8")
            starts = [group["Exec"] for group in keys.values() if "Exec" in group]
            self.assertGreater(len(starts), 0, name)
            for start in starts:
                self.assertEqual(shlex.split(start)[0], os.path.join(PREFIX, "bin/weft"))

    def test_2_command_line(self):
        self.assert_runs(os.path.join(PREFIX, "bin/weft-cli"))

    def test_3_window(self):
        window = self.start_program(os.path.join(PREFIX, "bin/weft"))
        lively = [pixel for pixel in self.read_icon(window)
                  if pixel >> 24 > 200 and pixel >> 16 & 255 > 220 and pixel >> 8 & 255 > 150 and pixel & 255 < 120]
        self.assertGreater(len(lively), 20, "the icon is not Weft's: it has no yellow thread")
        window.quit()
        output = self.assert_window(os.path.join(PREFIX, "bin/weft"))
        self.assertNotIn(NO_SCHEMA, output)

    def test_4_activation(self):
        weft = os.path.join(PREFIX, "bin/weft")
        program = Activated()
        self.addCleanup(program.end)
        self.assertEqual(os.readlink("/proc/%d/exe" % program.pid), weft)
        wait_for(lambda: program.windows() == 1, "the window")

        # Both once more: there is a window, which comes to the front.
        program.ask("Activate", GLib.Variant("(a{sv})", ({},)))
        environment = dict(os.environ, GDK_BACKEND="x11")
        subprocess.run([weft], env=environment, timeout=30, check=True)
        self.assertEqual(program.windows(), 1)
        subprocess.run([weft, "--new-window"], env=environment, timeout=30, check=True)
        wait_for(lambda: program.windows() == 2, "another window")

        # The actions of the desktop entry, and of the menu.
        self.assertEqual(weft_ui.descendants(program.pid), [])
        for action, windows in (("new-window", 3), ("run-default", 4), ("about", 5)):
            program.act(action)
            wait_for(lambda: program.windows() == windows, "the window of " + action)
        self.assertGreater(len(weft_ui.descendants(program.pid)), 0, "nothing runs")
        program.act("quit")
        wait_for(lambda: not weft_ui.is_alive(program.pid), "the program to end")

    def test_5_uninstalled_but_for_a_copy(self):
        copy = os.path.join(FOLDER, "copy")
        shutil.copytree(PREFIX, copy, symlinks=True)
        run("ninja", "-C", BUILD, "uninstall")
        self.assertLessEqual(files_in(PREFIX) if os.path.exists(PREFIX) else set(), CACHES)
        shutil.rmtree(PREFIX, ignore_errors=True)

        self.assert_runs(os.path.join(copy, "bin/weft-cli"))
        output = self.assert_window(os.path.join(copy, "bin/weft"))
        self.assertNotIn(NO_SCHEMA, output)

    def test_6_destdir(self):
        destdir = os.path.join(FOLDER, "destdir")
        install(DESTDIR=destdir)
        self.assertFalse(os.path.exists(PREFIX), "something was installed beside DESTDIR")
        inside = destdir + PREFIX
        self.assertFalse(files_in(inside) & CACHES, "caches belong to no package")
        self.assert_runs(os.path.join(inside, "bin/weft-cli"))

        # Who packs it compiles the schemas where it arrives. Until then nothing is remembered.
        output = self.assert_window(os.path.join(inside, "bin/weft"))
        self.assertEqual(output.count(NO_SCHEMA), 1, output)
        run("glib-compile-schemas", "--strict", os.path.join(inside, "share/glib-2.0/schemas"))
        output = self.assert_window(os.path.join(inside, "bin/weft"))
        self.assertNotIn(NO_SCHEMA, output)

        run("ninja", "-C", BUILD, "uninstall")
        self.assertLessEqual(files_in(destdir), {os.path.join(PREFIX[1:], name) for name in CACHES})


if __name__ == "__main__":
    weft_ui.main()
