// Package topmost finds the highest of many values without sorting them.
package topmost

import "cmp"

// First brings the n highest values to the front, in any order, and returns the lowest of
// them. n is at least 1 and at most their number. It takes time by their number (Hoare's
// quickselect), whatever order they come in but for contrived ones. No value may be NaN.
func First[T cmp.Ordered](values []T, n int) T {
	for low, high := 0, len(values)-1; low < high; {
		i, j, pivot := low, high, middle(values[low], values[(low+high)/2], values[high])
		for i <= j {
			for values[i] > pivot {
				i++
			}
			for values[j] < pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n-1 <= j:
			high = j
		case n-1 >= i:
			low = i
		default:
			return values[n-1]
		}
	}
	return values[n-1]
}

func middle[T cmp.Ordered](a, b, c T) T { return max(min(a, b), min(max(a, b), c)) }
