"""Prints the first file of NVIDIA's Python packages that a pattern fits, such as lib/libnvrtc.so.*"""

import glob
import os
import site
import sys

for place in site.getsitepackages() + [site.getusersitepackages()] + sys.path:
    for path in sorted(glob.glob(os.path.join(place, "nvidia", "*", sys.argv[1]))):
        if ".alt." not in path:
            print(path)
            sys.exit()
