package sqlstore

import (
	"testing"

	"wenda/sessions"
)

// An alarm is in the audit as the system's, with its kind and never with what was said.
func TestAlarmsAreAudited(t *testing.T) {
	s := openSQLite(t)
	who := sessions.Customer{ID: "wang"}
	row, err := s.Open(t.Context(), who, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	by := sessions.Actor{Role: sessions.RoleCustomer, ID: who.ID, Device: "phone"}
	if _, err := s.Commit(t.Context(), by, row,
		sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: who.ID}, Text: "我不想活了"},
		sessions.Event{Kind: sessions.Alarmed, Audience: sessions.Staff, From: sessions.Speaker{Role: sessions.RoleSystem}, About: 1, Reasons: []string{"harm"}}); err != nil {
		t.Fatal(err)
	}
	var auditor, detail string
	err = s.db.Read(t.Context()).QueryRow(`SELECT who, detail FROM audit WHERE did = 'chat.alarm' AND about = $1`, row.ID).Scan(&auditor, &detail)
	if err != nil || auditor != "system" || detail != "event 2, about event 1: harm" {
		t.Errorf("the audit has %q by %q, %v", detail, auditor, err)
	}
}
