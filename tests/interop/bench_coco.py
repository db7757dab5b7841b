"""The reference of the export benchmark: how long Python takes to write a dataset that pycocotools holds.

    bench_coco.py LABELS.json OUT.json

pycocotools has no writer of its own; its users write `coco.dataset` with the json module. Both ways are measured (into
the file, and as one string first, which is faster), several times, and the best is printed: {"seconds": ...}.
"""

import json
import sys
import time

from pycocotools.coco import COCO


def main():
    labels, out = sys.argv[1:]
    stdout, sys.stdout = sys.stdout, sys.stderr
    dataset = COCO(labels).dataset

    def stream(file):
        json.dump(dataset, file)

    def string(file):
        file.write(json.dumps(dataset))

    best = float("inf")
    for write in (stream, string, string):
        start = time.perf_counter()
        with open(out, "w", encoding="utf-8") as file:
            write(file)
        best = min(best, time.perf_counter() - start)
    print(json.dumps({"seconds": best}), file=stdout)


if __name__ == "__main__":
    main()
