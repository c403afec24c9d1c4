package bot

import (
	"time"

	"wenda/knowledge"
)

// defaultZone is that of promises about which no queue says anything.
var defaultZone = time.FixedZone("Asia/Shanghai", 8*60*60)

// moment says a time as a customer reads it: 今天 14:00, 明天 9:00, 周三（11月25日）9:00;
// 14:00 today, 9:00 on Wednesday, 25 November. The day is that of t's time zone.
func moment(t, now time.Time, lang knowledge.Lang) string {
	now = now.In(t.Location())
	days := int(day(t).Sub(day(now)).Hours() / 24)
	if lang == knowledge.English {
		return momentEnglish(t, now, days)
	}
	clock := t.Format("15:04")
	if t.Hour() < 10 {
		clock = clock[1:]
	}
	date := t.Format("1月2日")
	if t.Year() != now.Year() {
		date = t.Format("2006年1月2日")
	}
	switch {
	case days >= 0 && days < 3:
		return []string{"今天", "明天", "后天"}[days] + " " + clock
	case days > 0 && days < 7:
		return "周" + string([]rune("日一二三四五六")[t.Weekday()]) + "（" + date + "）" + clock
	}
	return date + " " + clock
}

func momentEnglish(t, now time.Time, days int) string {
	clock := t.Format("15:04")
	if t.Hour() < 10 {
		clock = clock[1:]
	}
	switch {
	case days == 0 || days == 1:
		return clock + []string{" today", " tomorrow"}[days]
	case t.Year() != now.Year():
		return clock + t.Format(" on Monday, 2 January 2006")
	}
	return clock + t.Format(" on Monday, 2 January")
}

// day is the date of t, as a moment that days can be counted with.
func day(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
