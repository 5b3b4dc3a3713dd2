"""Unpacks the parts of a wheel that match patterns, piece by piece: unpack_wheel.py WHEEL FOLDER PATTERN..."""

import fnmatch
import os
import shutil
import sys
import zipfile

wheel, folder, *patterns = sys.argv[1:]
count = 0
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        name = entry.filename
        if name.endswith("/") or not any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
            continue
        if name.startswith("/") or ".." in name.split("/"):
            sys.exit(f"{wheel} has an unsafe path: {name}")
        target = os.path.join(folder, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(entry) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        # ptxas and its like must stay executable.
        os.chmod(target, 0o755 if (entry.external_attr >> 16) & 0o111 else 0o644)
        count += 1
print(count)
