package semantic

// Group is a number of texts that mean the same: one answer serves them all.
type Group struct {
	Topic   string // groups of one topic are told apart more often; may be ""
	Texts   []string
	Weights []float32 // how much each text counts, 0 to WeightMost; nil: 1 each
}

// WeightMost is the most that a text may count.
const WeightMost = 4

// weight returns how much the i-th text counts.
func (g Group) weight(i int) float32 {
	if g.Weights == nil {
		return 1
	}
	return min(WeightMost, max(0, g.Weights[i]))
}

// Pair is two texts that look alike and mean different things.
type Pair struct{ A, B string }

// Lesson is what an encoder learns from.
type Lesson struct {
	Groups []Group
	Pairs  []Pair
	Alone  []string // texts that mean nothing any other does
}

// Settings say how to learn.
type Settings struct {
	Epochs      int     `json:"epochs"`      // each text of a group is asked once in each
	Batch       int     `json:"batch"`       // texts at once; the others are what each is told apart from
	Temperature float32 `json:"temperature"` // the smaller, the more the nearest others count
	Dropout     float32 `json:"dropout"`     // share of features that are left out of a text each time
	Rate        float32 `json:"rate"`        // step of Adagrad
	Local       float32 `json:"local"`       // share of a batch that comes from one topic
	Hard        int     `json:"hard"`        // of Lesson.Pairs in a batch
	Alone       int     `json:"alone"`       // of Lesson.Alone in a batch
	Rows        int     `json:"rows"`        // features that are trained at most, the most frequent; 0 for all
	Fresh       float32 `json:"fresh"`       // length of a feature before it is trained
	Strange     float32 `json:"strange"`     // length of a feature that never was, in the encoder that comes out
	Seed        uint64  `json:"seed"`
}

// Pretraining are the settings for the corpus. The recipe is an average of n-gram
// vectors under a contrastive loss; the numbers were chosen by eye among a few that
// all came within a point of each other.
var Pretraining = Settings{
	Epochs: 10, Batch: 128, Temperature: 0.1, Dropout: 0.45, Rate: 0.1, Local: 0.5, Hard: 12, Alone: 12,
	Rows: 40_000, Fresh: 1, Strange: 0.5, Seed: 1,
}

// Tuning are the settings for a base, on top of a pretrained encoder.
var Tuning = Settings{Epochs: 10, Batch: 64, Temperature: 0.07, Dropout: 0.4, Rate: 0.05, Rows: 30_000, Fresh: 0.5, Strange: 0.5, Seed: 1}
