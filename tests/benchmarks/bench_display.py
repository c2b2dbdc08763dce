# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks of the window share: a display, a session and folders of their own, programs
started on it, what it shows, and what threads cost."""

import ctypes
import ctypes.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

INSIDE = "WEFT_BENCHMARK_INSIDE"

# A folder for pictures of what was measured, to be looked at; empty: none.
PICTURES = os.environ.get("WEFT_BENCHMARK_PICTURES", "")
SIZE = (1280, 800)

# px that a row of a chart has at least of its own colours.
LONG_STRETCH = 300


def die_with_parent():
    """Ends this process when the one that started it ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main(run, needed=()):
    """Calls `run` with the folder of its own, on a display and in a session of its own."""
    for program in ("dbus-run-session", "Xvfb", *needed):
        if shutil.which(program) is None:
            sys.exit("%s is missing: scripts/dependencies --benchmarks installs it" % program)
    if INSIDE not in os.environ:
        for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "G_DEBUG"):
            os.environ.pop(name, None)
        with tempfile.TemporaryDirectory(prefix="weft-benchmark-") as home:
            for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                         INSIDE):
                os.environ[name] = home
            os.environ.update(GDK_BACKEND="x11", GSK_RENDERER="cairo", GSETTINGS_BACKEND="keyfile",
                              LC_ALL="C.UTF-8")
            sys.exit(subprocess.run(["dbus-run-session", "--", sys.executable, *sys.argv], check=False,
                                    preexec_fn=die_with_parent).returncode)
    die_with_parent()
    reading, writing = os.pipe()
    subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "%dx%dx24" % SIZE, "-nolisten",
                      "tcp", "-noreset"],
                     pass_fds=[writing], stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
    os.close(writing)
    with os.fdopen(reading) as numbers:
        os.environ["DISPLAY"] = ":" + numbers.readline().strip()
    run(os.environ[INSIDE])


def choose_page(page):
    """Lets gnome-system-monitor open on this page: processes, the one that it comes with, or resources, its graphs."""
    subprocess.run(["gsettings", "set", "org.gnome.gnome-system-monitor", "current-tab", page], check=True)


def prepare_system_monitor():
    """Lets gnome-system-monitor, where it is installed, stand like Weft: as large, on the page that moves, looking
    at the machine once a second."""
    # The interval of its graphs is in hundredths of a second.
    settings = {"current-tab": "resources", "graph-update-interval": "100", "update-interval": "1000",
                "disks-interval": "1000", "window-state": "(%d, %d, 0, 0)" % SIZE}
    if shutil.which("gsettings") and shutil.which("gnome-system-monitor"):
        for key, value in settings.items():
            subprocess.run(["gsettings", "set", "org.gnome.gnome-system-monitor", key, value], check=True)


def take_picture(name):
    subprocess.run(["import", "-silent", "-window", "root", os.path.join(PICTURES, name + ".png")],
                   check=False)


class Program:
    """A program on the display."""

    def __init__(self, *arguments, **variables):
        self.log = tempfile.TemporaryFile()
        self.started_ns = time.monotonic_ns()
        self.process = subprocess.Popen(arguments, env=dict(os.environ, **variables), stdout=self.log,
                                        stderr=self.log, preexec_fn=die_with_parent)
        self.pid = self.process.pid

    def check(self):
        """Raises if it has ended."""
        if self.process.poll() is not None:
            self.log.seek(0)
            raise RuntimeError("%s ended: %s" % (self.process.args[0],
                                                 self.log.read().decode(errors="replace")))

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def threads(self):
        """The names of its threads, by thread id."""
        names = {}
        for tid in os.listdir("/proc/%d/task" % self.pid):
            try:
                with open("/proc/%d/task/%s/comm" % (self.pid, tid), encoding="utf-8") as comm:
                    names[int(tid)] = comm.read().strip()
            except OSError:
                pass
        return names

    def cpu_ns(self, tid):
        """What a thread has used."""
        with open("/proc/%d/task/%d/schedstat" % (self.pid, tid), encoding="ascii") as schedstat:
            return int(schedstat.read().split()[0])

    def all_cpu_ns(self):
        """What its live threads and those that ended have used."""
        with open("/proc/%d/stat" % self.pid, encoding="utf-8") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000000000 // os.sysconf("SC_CLK_TCK")

    def memory_kib(self):
        """Its resident set and its proportional share of it."""
        kib = {}
        with open("/proc/%d/smaps_rollup" % self.pid, encoding="utf-8") as rollup:
            for line in rollup:
                fields = line.split()
                if len(fields) == 3:
                    kib[fields[0].rstrip(":")] = int(fields[1])
        return kib["Rss"], kib["Pss"]


class _XImage(ctypes.Structure):
    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int),
                ("format", ctypes.c_int), ("data", ctypes.c_void_p), ("byte_order", ctypes.c_int),
                ("bitmap_unit", ctypes.c_int), ("bitmap_bit_order", ctypes.c_int),
                ("bitmap_pad", ctypes.c_int), ("depth", ctypes.c_int), ("bytes_per_line", ctypes.c_int),
                ("bits_per_pixel", ctypes.c_int)]


class Screen:
    """The pixels of the display, as they are at this moment."""

    def __init__(self):
        self.xlib = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self.libc = ctypes.CDLL(None)
        self.xlib.XOpenDisplay.restype = ctypes.c_void_p
        self.xlib.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        self.xlib.XDefaultRootWindow.restype = ctypes.c_ulong
        self.xlib.XGetImage.restype = ctypes.POINTER(_XImage)
        self.xlib.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int,
                                        ctypes.c_uint, ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
        self.xlib.XFree.argtypes = [ctypes.c_void_p]
        self.libc.free.argtypes = [ctypes.c_void_p]
        self.display = self.xlib.XOpenDisplay(None)
        if not self.display:
            raise RuntimeError("the display cannot be opened")
        self.root = self.xlib.XDefaultRootWindow(self.display)

    def read(self, x, y, width, height):
        """The pixels of a rectangle, row by row: 4 bytes each."""
        image = self.xlib.XGetImage(self.display, self.root, x, y, width, height, 0xffffffff, 2)
        if not image:
            raise RuntimeError("the display's pixels cannot be read")
        data = ctypes.string_at(image.contents.data, image.contents.bytes_per_line * height)
        self.libc.free(image.contents.data)
        self.xlib.XFree(image)
        return data

    def find_row(self, colours):
        """A row of which a long stretch has these colours, each of them, and no others but for gaps of a pixel or
        so: (y, last x)."""
        width, height = SIZE
        data = self.read(0, 0, width, height)
        for y in range(height):
            row = [data[i:i + 3] for i in range(y * width * 4, (y + 1) * width * 4, 4)]
            begin = last = None
            for x, colour in enumerate(row):
                if colour in colours:
                    begin = x if begin is None else begin
                    last = x
                elif begin is not None and x - last > 3:
                    if last - begin >= LONG_STRETCH:
                        break
                    begin = None
            if begin is not None and last - begin >= LONG_STRETCH and colours <= set(row[begin:last + 1]):
                return y, last
        raise RuntimeError("the row is not found on the screen")


def wait_for(condition, what, seconds=20):
    """What `condition` returns as soon as it is true."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise RuntimeError("waited %d s in vain for %s" % (seconds, what))
        time.sleep(0.02)


def quantile(values, share):
    """The value below which `share` of them are; NaN of none."""
    values = sorted(values)
    return values[min(int(share * len(values)), len(values) - 1)] if values else float("nan")
