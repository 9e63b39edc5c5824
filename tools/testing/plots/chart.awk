# SPDX-License-Identifier: GPL-2.0
# A picture (SVG) of curves, one panel above the other over the same seconds.
#
#	title TEXT
#	panel HEIGHT LABEL	of the axis; what follows belongs to it
#	curve COLOUR DASHES NAME	DASHES as SVG has it, or none
#	SECONDS VALUE		a point of the curve; a VALUE below 0 is a gap
#
# All that falls on one column of pixels is one vertical stroke, so that a
# picture is small whatever the number of points.
BEGIN {
	width = 640
	left = 58
	top = 34
	seconds = 1
}
$1 == "title" { title = substr($0, 7); next }
$1 == "panel" {
	panels++
	height[panels] = $2
	label[panels] = substr($0, 8 + length($2))
	next
}
$1 == "curve" {
	curves++
	colour[curves] = $2
	dashes[curves] = $3
	name[curves] = substr($0, 9 + length($2) + length($3))
	panel[curves] = panels
	next
}
NF == 2 {
	n = ++points[curves]
	x[curves, n] = $1
	y[curves, n] = $2
	if ($1 > seconds)
		seconds = $1
	if ($2 > most[panels])
		most[panels] = $2
}

# A step of 1, 2 or 5 times a power of ten, at most "count" of them
function step(range, count,	power, unit) {
	power = 10 ^ int(log(range / count) / log(10) - 1)
	while (1) {
		for (unit = 1; unit <= 5; unit += unit < 2 ? 1 : 3)
			if (range / (unit * power) <= count)
				return unit * power
		power *= 10
	}
}
function text(x, y, anchor, what) {
	printf "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
	       x, y, anchor, what
}
function line(x1, y1, x2, y2, class) {
	printf "<path class=\"%s\" d=\"M%d %dL%d %d\"/>\n", class, x1, y1, x2, y2
}
function pen(c,	dashed) {
	if (dashes[c] != "none")
		dashed = " stroke-dasharray=\"" dashes[c] "\""
	return "stroke=\"" colour[c] "\"" dashed
}
function column(seconds_) {
	return left + int(seconds_ / seconds * width + 0.5)
}
function row(p, value) {
	return bottom[p] - int(value / range[p] * height[p] + 0.5)
}
# One column: where the curve enters, how far it goes, where it leaves.
function stroke(at, first, low, high, last) {
	printf "%s%d %d", open ? "L" : "M", at, first
	open = 1
	if (low != first || high != first)
		printf "V%dV%d", low, high
	if (last != high || low != first)
		printf "V%d", last
}
function curve(c,	p, i, at, now, value, first, low, high, last) {
	p = panel[c]
	open = 0
	at = -1
	printf "<path %s d=\"", pen(c)
	for (i = 1; i <= points[c]; i++) {
		now = column(x[c, i])
		value = y[c, i] < 0 ? -1 : row(p, y[c, i])
		if (now != at || value < 0) {
			if (at >= 0)
				stroke(at, first, low, high, last)
			at = -1
			if (value < 0) {
				open = 0
				continue
			}
			at = now
			first = low = high = value
		}
		if (value < low)
			low = value
		if (value > high)
			high = value
		last = value
	}
	if (at >= 0)
		stroke(at, first, low, high, last)
	print "\"/>"
}
END {
	below = top
	for (p = 1; p <= panels; p++) {
		bottom[p] = below + 22 + height[p]
		below = bottom[p]
		if (!most[p])
			most[p] = 1
		tick[p] = step(most[p] * 1.05, 5)
		range[p] = tick[p] * int(most[p] * 1.05 / tick[p] + 0.999)
	}
	print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	print "<!-- SPDX-License-Identifier: GPL-2.0; drawn by make plots -->"
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"none\">\n",
	       left + width + 20, below + 44
	print "<style>text{fill:#222}.axis{stroke:#222}.grid{stroke:#ddd}</style>"
	printf "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
	       left + width + 20, below + 44
	text(left, 18, "start", title)
	for (p = 1; p <= panels; p++) {
		for (value = 0; value <= range[p] * 1.001; value += tick[p]) {
			line(left, row(p, value), left + width, row(p, value),
			     value ? "grid" : "axis")
			text(left - 6, row(p, value) + 4, "end", value)
		}
		line(left, bottom[p], left, bottom[p] - height[p], "axis")
		printf "<text transform=\"translate(14 %d)rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
		       bottom[p] - height[p] / 2, label[p]
		at = left + 8
		for (c = 1; c <= curves; c++) {
			if (panel[c] != p || name[c] == "")
				continue
			printf "<path %s stroke-width=\"2\" d=\"M%d %dh20\"/>\n",
			       pen(c), at, bottom[p] - height[p] - 8
			text(at + 26, bottom[p] - height[p] - 4, "start", name[c])
			at += 44 + length(name[c]) * 6.6
		}
	}
	for (c = 1; c <= curves; c++)
		curve(c)
	unit = step(seconds, 12)
	for (value = 0; value <= seconds * 1.001; value += unit) {
		line(column(value), below, column(value), below + 4, "axis")
		text(column(value), below + 18, "middle", value)
	}
	text(left + width / 2, below + 36, "middle", "time, s")
	print "</svg>"
}
