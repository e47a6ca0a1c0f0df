"""Prints the first file of NVIDIA's Python packages that matches a pattern, such as lib/libnvrtc.so.*"""

import glob
import os
import site
import sys

for directory in site.getsitepackages() + [site.getusersitepackages()] + sys.path:
    for path in sorted(glob.glob(os.path.join(directory, "nvidia", "*", sys.argv[1]))):
        if ".alt." not in path:
            print(path)
            sys.exit()
