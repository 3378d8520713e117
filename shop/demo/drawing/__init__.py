"""Drawing the demo pictures: every garment is an SVG built in Python, nothing is traced or photographed."""
