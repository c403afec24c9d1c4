package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
)

// What was fit to go live when it was planned may not be at its minute: words were
// forbidden meanwhile, or questions labelled that it does not know.
func TestPlansAreLookedAtAgain(t *testing.T) {
	db := newDatabase(t)
	seedFew(t, db)
	b, err := openBrain(t.Context(), t.TempDir(), db, shortly(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var beside sync.WaitGroup
	defer beside.Wait()
	hub, err := openHub(db, b, gate.Limits{Recall: 1}, func(work func(context.Context)) { beside.Go(func() { work(t.Context()) }) }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, live := t.Context(), b.Release()
	known := live.Entries()[0].ID
	meanwhile := map[string]func() error{
		"fit":   func() error { return nil },
		"words": func() error { return forbid(ctx, hub.Base, "独角兽") },
		"unknown": func() error {
			_, err := hub.Cases.Add(ctx, "zhou", gate.Case{Utterance: "怎么领养", Expect: known, Source: gate.FromEditor})
			return err
		},
	}
	for _, c := range []struct{ name, answer, failed string }{
		{"fit", "可以领养。", ""}, {"words", "可以领养独角兽。", base.FailedBlocked}, {"unknown", "不能领养。", base.FailedGate},
	} {
		approve(t, hub.Base, c.name, "怎么领养"+c.name, c.answer)
		before := b.Release().ID
		planned, err := hub.Base.Plan(ctx, base.Publication{By: "li", Entries: []string{c.name}, GatePassed: true, At: time.Now().Add(time.Hour)})
		if err := errors.Join(err, meanwhile[c.name](), comes(ctx, db, planned.ID)); err != nil {
			t.Fatal(c.name, err)
		}
		within(t, c.name+": the plan is carried out, or not", func() bool {
			_, err := hub.Base.Due(ctx, b.judge)
			plans, err2 := hub.Base.Plans(ctx)
			if err := errors.Join(err, err2, b.look(ctx)); err != nil {
				t.Fatal(c.name, err)
			}
			return c.failed == "" && b.Release().ID == before+1 || len(plans) > 0 && plans[0].Failed != ""
		})
		plans, err := hub.Base.Plans(ctx)
		if err != nil || (c.failed == "") != (len(plans) == 0) || len(plans) > 0 && plans[0].Failed != c.failed {
			t.Errorf("%s: plans %+v, %v", c.name, plans, err)
		}
		if len(plans) > 0 {
			if err := hub.Base.Cancel(ctx, "li", planned.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// comes makes the minute of a plan now.
func comes(ctx context.Context, db *sqldb.DB, plan int64) error {
	return db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE planned SET due = $1 WHERE id = $2`, time.Now().UnixMilli(), plan)
		return err
	})
}

// forbid puts a word into the company's dictionary.
func forbid(ctx context.Context, hub *base.Store, word string) error {
	sheet, err := hub.Sheet(ctx, base.Forbidden)
	if err == nil {
		_, err = hub.SaveSheet(ctx, "hu", base.Forbidden, sheet.Version, "block\t"+word+"\t不能说", "新规")
	}
	return err
}
