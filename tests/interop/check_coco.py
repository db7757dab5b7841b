"""Checks that pycocotools and Datumaro see in a COCO export exactly what was drawn.

    check_coco.py EXPORT_DIR EXPECTED.json

EXPORT_DIR is the folder of an export (with annotations/instances_default.json). EXPECTED.json says what was drawn:

    {"classes": ["car", ...],
     "items": [{"path": "a/b.jpg", "width": 640, "height": 480, "objects": [
        {"class": "car", "box": [x, y, width, height], "attributes": {"occluded": true}},
        {"class": "tree", "polygon": [[x1, y1, x2, y2, ...], ...]}]}]}

in image pixels after orientation, objects in the order in which they are exported. Areas of polygons are computed here,
by the shoelace formula. Prints one JSON document with counts (masks: those within 2% of the area of their outline); any
difference is an AssertionError.
"""

import json
import os
import sys

import numpy as np
from datumaro import Bbox, Dataset, Polygon
from pycocotools.coco import COCO

# Values are written as shortest round-trip decimals, so what is drawn must come back to the last bits.
EXACT = 1e-9
# Datumaro rounds coordinates to two decimals when it reads, and keeps them as 32-bit floats.
DATUMARO = 0.005 + 0.0005
# A mask has the area of its outline up to this share, or where that is more (small objects), up to the staircase of
# whole pixels along the outline: half a pixel on each side.
MASK_DEVIATION = 0.02


def area(ring):
    points = np.asarray(ring, dtype=float).reshape(-1, 2)
    x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def perimeter(ring):
    points = np.asarray(ring, dtype=float).reshape(-1, 2)
    return float(np.hypot(*(points - np.roll(points, -1, axis=0)).T).sum())


def drawn_box(drawn):
    if "box" in drawn:
        return drawn["box"]
    points = np.concatenate([np.asarray(part, dtype=float).reshape(-1, 2) for part in drawn["polygon"]])
    low, high = points.min(axis=0), points.max(axis=0)
    return [*low, *(high - low)]


def drawn_parts(drawn):
    if "polygon" in drawn:
        return drawn["polygon"]
    x, y, width, height = drawn["box"]
    return [[x, y, x + width, y, x + width, y + height, x, y + height]]


def same(found, expected, what):
    assert len(found) == len(expected), f"{what}: {len(found)} numbers instead of {len(expected)}"
    assert np.allclose(found, expected, rtol=EXACT, atol=EXACT), f"{what}: {found} instead of {expected}"


def near(found, expected, what):
    assert len(found) == len(expected), f"{what}: {len(found)} numbers instead of {len(expected)}"
    assert np.allclose(found, expected, rtol=0, atol=DATUMARO), f"{what}: {found} instead of {expected}"


def check_pycocotools(path, expected):
    coco = COCO(path)
    names = {category["id"]: category["name"] for category in coco.loadCats(coco.getCatIds())}
    assert [names[key] for key in sorted(names)] == expected["classes"], "categories"
    images = {image["file_name"]: image for image in coco.loadImgs(coco.getImgIds())}
    assert sorted(images) == sorted(item["path"] for item in expected["items"]), "images"
    objects = masks = 0
    for item in expected["items"]:
        image = images[item["path"]]
        assert (image["width"], image["height"]) == (item["width"], item["height"]), "size of an image"
        found = coco.loadAnns(sorted(coco.getAnnIds(imgIds=[image["id"]])))
        assert len(found) == len(item["objects"]), "objects of an image"
        for annotation, drawn in zip(found, item["objects"]):
            objects += 1
            assert names[annotation["category_id"]] == drawn["class"], "category"
            assert annotation["iscrowd"] == 0
            same(annotation["bbox"], drawn_box(drawn), "bbox")
            expected_area = sum(area(part) for part in drawn_parts(drawn))
            same([annotation["area"]], [expected_area], "area")
            assert annotation.get("attributes", {}) == drawn.get("attributes", {}), "attributes"
            mask = coco.annToMask(annotation)
            assert mask.shape == (item["height"], item["width"]), "size of a mask"
            staircase = sum(perimeter(part) / 2 + 1 for part in drawn_parts(drawn))
            deviation = abs(int(mask.sum()) - expected_area)
            assert deviation <= max(MASK_DEVIATION * expected_area, staircase), f"a mask is {deviation} pixels off"
            masks += deviation <= MASK_DEVIATION * expected_area
    assert len(coco.getAnnIds()) == objects, "objects of no image"
    return {"objects": objects, "masks": masks}


def check_datumaro(folder, expected):
    dataset = Dataset.import_from(folder, "coco_instances")
    names = [label.name for label in dataset.categories()[next(iter(dataset.categories()))].items]
    assert names == expected["classes"], "categories"
    items = {item.id: item for item in dataset}
    assert len(items) == len(expected["items"]), "items"
    boxes = parts = 0
    for wanted in expected["items"]:
        item = items[os.path.splitext(wanted["path"])[0]]
        found = {}
        for annotation in item.annotations:
            found.setdefault(annotation.id, []).append(annotation)
        assert len(found) == len(wanted["objects"]), "objects of an item"
        for key, drawn in zip(sorted(found), wanted["objects"]):
            group = found[key]
            assert all(names[one.label] == drawn["class"] for one in group), "label"
            for one in group:
                attributes = {name: value for name, value in one.attributes.items() if name != "is_crowd"}
                assert attributes == drawn.get("attributes", {}), "attributes"
            bboxes = [one for one in group if isinstance(one, Bbox)]
            assert len(bboxes) == 1, "one box for each object"
            x, y, width, height = drawn_box(drawn)
            near(bboxes[0].points, [x, y, x + width, y + height], "box")
            boxes += 1
            polygons = [one.points for one in group if isinstance(one, Polygon)]
            outline = drawn_parts(drawn)
            assert len(polygons) == len(outline), "parts"
            for points, part in zip(polygons, outline):
                near(points, part, "points")
                parts += 1
    return {"boxes": boxes, "parts": parts}


def main():
    folder, expected_path = sys.argv[1:]
    with open(expected_path, encoding="utf-8") as file:
        expected = json.load(file)
    labels = os.path.join(folder, "annotations", "instances_default.json")
    stdout, sys.stdout = sys.stdout, sys.stderr
    result = {"pycocotools": check_pycocotools(labels, expected), "datumaro": check_datumaro(folder, expected)}
    print(json.dumps(result), file=stdout)


if __name__ == "__main__":
    main()
