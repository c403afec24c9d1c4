package hours

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestReadDays(t *testing.T) {
	days, err := ReadDays("\ufeff日期,类别,名称,时间\r\n2027/10/1,休,国庆节\n# a remark\n2027-10-09, 班 ,\"国庆,调休\",9：00-12:00，13:00-17:30\n20271002,holiday\n")
	want := []Day{
		{Date: "2027-10-01", Kind: Holiday, Name: "国庆节"},
		{Date: "2027-10-02", Kind: Holiday},
		{Date: "2027-10-09", Kind: Workday, Name: "国庆,调休", Hours: []Span{{540, 720}, {780, 1050}}},
	}
	if err != nil || !reflect.DeepEqual(days, want) {
		t.Fatalf("%+v, %v", days, err)
	}
	again, err := ReadDays(WriteDays(days))
	if err != nil || !reflect.DeepEqual(again, days) {
		t.Errorf("written and read again: %+v, %v", again, err)
	}
}

func TestReadDaysFaults(t *testing.T) {
	_, err := ReadDays("2027-02-30,holiday,x\n2027-10-01,maybe,x\n2027-10-02\n2027-10-03,workday,x,25:00-26:00\n2027-10-04,holiday,x\n2027-10-04,workday,x\n")
	var faults Faults
	if !errors.As(err, &faults) || !errors.Is(err, ErrInvalid) {
		t.Fatal(err)
	}
	want := Faults{
		{"date", 1, "2027-02-30,holiday,x"}, {"kind", 2, "2027-10-01,maybe,x"}, {"columns", 3, "2027-10-02"},
		{"hours", 4, "2027-10-03,workday,x,25:00-26:00"}, {"twice", 0, "2027-10-04"},
	}
	if !reflect.DeepEqual(faults, want) {
		t.Errorf("%+v", faults)
	}
}

func TestMerge(t *testing.T) {
	day := func(date, name string) Day { return Day{Date: date, Kind: Holiday, Name: name} }
	got := Merge([]Day{day("2026-01-01", "old"), day("2026-01-03", "old")}, []Day{day("2026-01-02", "new"), day("2026-01-03", "new")})
	want := []Day{day("2026-01-01", "old"), day("2026-01-02", "new"), day("2026-01-03", "new")}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]string{
		"9:00-18:00": "09:00-18:00", "": "", "13：30～18：00、9:00至12:00": "09:00-12:00, 13:30-18:00", "00:00-24:00": "00:00-24:00", "9:00-12:00,12:00-13:00": "09:00-12:00, 12:00-13:00",
	} {
		spans, ok := ReadSpans(text)
		if got := WriteSpans(spans); !ok || got != want {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{"9-18", "18:00-9:00", "9:00-9:00", "9:00-12:00,11:00-13:00", "09:00", "24:00-25:00", "-", ","} {
		if spans, ok := ReadSpans(text); ok {
			t.Errorf("%q is read as %v", text, spans)
		}
	}
}

// The days Wenda is shipped with are the State Council's: 33 days off and 6 make-up days
// in 2026, and the 13 statutory days of 2027.
func TestNational(t *testing.T) {
	count := map[string]int{}
	weekday := func(date string) time.Weekday {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return day.Weekday()
	}
	for _, d := range National() {
		count[d.Date[:4]+" "+string(d.Kind)]++
		if weekend := weekday(d.Date) == time.Saturday || weekday(d.Date) == time.Sunday; d.Kind == Workday && !weekend {
			t.Errorf("%s is a make-up day and no weekend", d.Date)
		}
		if d.Name == "" || strings.Contains(d.Name, "调休") != (d.Kind == Workday) {
			t.Errorf("%s is called %q", d.Date, d.Name)
		}
	}
	if want := map[string]int{"2026 holiday": 33, "2026 workday": 6, "2027 holiday": 13}; !reflect.DeepEqual(count, want) {
		t.Errorf("%v, want %v", count, want)
	}
}

func TestDelivered(t *testing.T) {
	for _, c := range Delivered() {
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for code, spoil := range map[string]func(*Calendar){
		"id":      func(c *Calendar) { c.ID = "Office" },
		"name":    func(c *Calendar) { c.Names["zh-CN"] = "" },
		"zone":    func(c *Calendar) { c.Zone = "Nowhere" },
		"promise": func(c *Calendar) { c.Promise = -time.Hour },
		"week":    func(c *Calendar) { c.Week[time.Monday] = []Span{{600, 500}} },
		"never":   func(c *Calendar) { c.Week = Week{} },
		"date":    func(c *Calendar) { c.Days[0].Date = c.Days[1].Date },
		"kind":    func(c *Calendar) { c.Days[0].Kind = "feast" },
		"hours":   func(c *Calendar) { c.Days[0].Hours = []Span{{0, 2000}} },
	} {
		c := office().Clone()
		spoil(&c)
		var faults Faults
		if err := c.Check(); !errors.As(err, &faults) || faults[0].Code != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// Whatever somebody pastes: days that can be kept, or faults; never both, never a panic.
func FuzzReadDays(f *testing.F) {
	f.Add(national)
	f.Add("2027/10/1,休,国庆节,9:00-12:00\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		days, err := ReadDays(text)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		for _, fault := range checkDays(days) {
			if fault.Code != "name" { // too long, or of control characters: Check says so
				t.Fatalf("%+v of %q", fault, text)
			}
		}
	})
}
