package semantic

import (
	"math"
)

// normalise scales v to length 1 and returns the length it had.
func normalise(v []float32) float32 {
	length := float32(math.Sqrt(float64(dot(v, v))))
	if length == 0 {
		return 0
	}
	for i := range v {
		v[i] /= length
	}
	return length
}

// dot adds in a fixed order, four sums beside each other. Without the conversions a
// compiler may fuse multiplication and addition, which rounds differently.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	for len(a) >= 4 && len(b) >= 4 {
		s0 += float32(a[0] * b[0])
		s1 += float32(a[1] * b[1])
		s2 += float32(a[2] * b[2])
		s3 += float32(a[3] * b[3])
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += float32(a[i] * b[i])
	}
	return s0 + s1 + (s2 + s3)
}

// axpy adds a·x to y.
func axpy(a float32, x, y []float32) {
	y = y[:len(x)]
	for len(x) >= 4 && len(y) >= 4 {
		y[0] += float32(a * x[0])
		y[1] += float32(a * x[1])
		y[2] += float32(a * x[2])
		y[3] += float32(a * x[3])
		x, y = x[4:], y[4:]
	}
	for i := range x {
		y[i] += float32(a * x[i])
	}
}
