# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop is told of Weft agrees with itself and with the program."""

import configparser
import os
import re
import unittest
import xml.etree.ElementTree as ElementTree

DATA = os.path.join(os.environ["WEFT_TEST_BUILD"], "data")
SOURCE = os.environ["WEFT_TEST_SOURCE"]
ID = os.environ["WEFT_TEST_ID"]


def read_keys(ending):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    with open(os.path.join(DATA, ID + ending), encoding="utf-8") as file:
        parser.read_file(file)
    return parser


class Metadata(unittest.TestCase):
    def setUp(self):
        self.metainfo = ElementTree.parse(os.path.join(DATA, ID + ".metainfo.xml")).getroot()
        self.entry = read_keys(".desktop")

    def test_nothing_is_left_to_fill_in(self):
        for name in os.listdir(DATA):
            if name.startswith(ID):
                with open(os.path.join(DATA, name), encoding="utf-8") as file:
                    self.assertIsNone(re.search(r"@\w+@", file.read()), name)

    def test_the_id_is_one(self):
        self.assertEqual(self.metainfo.findtext("id"), ID)
        self.assertEqual(self.metainfo.findtext("launchable"), ID + ".desktop")
        self.assertEqual(self.entry["Desktop Entry"]["Icon"], ID)
        self.assertEqual(read_keys(".service")["D-BUS Service"]["Name"], ID)
        self.assertEqual(self.metainfo.findtext("name"), self.entry["Desktop Entry"]["Name"])
        self.assertEqual(self.metainfo.findtext("summary"), self.entry["Desktop Entry"]["Comment"])

    def test_the_newest_release_is_this_version(self):
        releases = [release.get("version") for release in self.metainfo.iter("release")]
        self.assertEqual(releases[0], os.environ["WEFT_TEST_VERSION"])

    def test_every_action_has_its_group(self):
        actions = self.entry["Desktop Entry"]["Actions"].strip(";").split(";")
        self.assertEqual(["Desktop Action " + action for action in actions],
                         [group for group in self.entry.sections() if group != "Desktop Entry"])
        # That the program has these actions is seen by activating them: test_prefix.py.

    def test_the_symbolic_icon_can_take_another_colour(self):
        path = os.path.join(SOURCE, "data", "icons", "hicolor", "symbolic", "apps", "weft-symbolic.svg")
        root = ElementTree.parse(path).getroot()
        self.assertEqual((root.get("width"), root.get("height")), ("16", "16"))
        shapes = [node for node in root.iter() if not node.tag.endswith("svg")]
        self.assertTrue(all(node.tag.endswith("path") for node in shapes))
        self.assertEqual({node.get("fill") for node in shapes}, {"#2e3436"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
