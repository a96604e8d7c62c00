package casestore

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"careshare/extract"
)

func TestFolder(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, few)
	os.Rename(filepath.Join(folder, "dm_workers.csv"), filepath.Join(folder, "DM_Workers.CSV"))
	workers := filepath.Join(folder, "DM_Workers.CSV")
	appendLine(t, workers, "x,9001,\""+canary)
	appendLine(t, workers, "x,9002\xff")
	appendLine(t, workers, "x,9003,\xff")
	appendLine(t, workers, "x,,nobody")
	appendLine(t, workers, "x,9005,somebody")
	p := read(t, options(t, "csv", folder))
	if p.err != nil {
		t.Fatal(p.err)
	}
	want := []reject{
		{Line: 42, Rule: ruleQuote}, {Line: 43, Rule: ruleCount},
		{Line: 44, Key: "9003", Column: "full_name", Rule: ruleUTF8}, {Line: 45, Column: "worker_id", Rule: ruleRequired},
	}
	if len(p.rejects) != len(want) {
		t.Fatalf("%d rejects: %+v", len(p.rejects), p.rejects)
	}
	for i, r := range p.rejects {
		if r.File != "DM_Workers.CSV" || r.Table != "dm_workers" || r.Line != want[i].Line || r.Key != want[i].Key || r.Column != want[i].Column || r.Rule != want[i].Rule {
			t.Errorf("%+v, want %+v", r, want[i])
		}
	}
	if raw := *p.rejects[0].Raw; raw != `x,9001,"`+canary {
		t.Errorf("raw %s", raw)
	}
	if raw := *p.rejects[1].Raw; raw != "x,9002\ufffd" {
		t.Errorf("raw %q", raw)
	}
	if taken := p.tables["dm_workers"]; taken.RowsIn != 45 || taken.RowsOut != 41 {
		t.Errorf("%+v", taken)
	}
}

func TestChangedWhileRead(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, few)
	o := options(t, "csv", folder)
	store, jobs, err := o.bound(context.Background(), must(contract()))
	if err != nil {
		t.Fatal(err)
	}
	appendLine(t, filepath.Join(folder, jobs[0].name+".csv"), "x,9001")
	_, err = o.pullTable(context.Background(), store, nil, jobs[0])
	if err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("pullTable: %v", err)
	}
}

func TestTwoFilesOfOneName(t *testing.T) {
	folder := t.TempDir()
	writeStore(t, folder, few)
	os.WriteFile(filepath.Join(folder, "DM_VISITS.csv"), nil, 0o600)
	if err := Check(context.Background(), options(t, "csv", folder)); err == nil || !strings.Contains(err.Error(), "two files dm_visits.csv") {
		t.Errorf("Check: %v", err)
	}
}

func TestValidate(t *testing.T) {
	quarantine, err := extract.OpenQuarantine(filepath.Join(t.TempDir(), "q.parquet"), true)
	if err != nil {
		t.Fatal(err)
	}
	defer quarantine.Close()
	whole := options(t, "duckdb", "x.duckdb")
	whole.Quarantine = quarantine
	if err := whole.Validate(); err != nil {
		t.Errorf("Validate: %v", err)
	}
	for name, change := range map[string]func(*Options){
		"kind": func(o *Options) { o.Kind = "oracle" }, "location": func(o *Options) { o.Location = "" },
		"to": func(o *Options) { o.To = "" }, "quarantine": func(o *Options) { o.Quarantine = nil },
		"spill": func(o *Options) { o.Spill = "" }, "connections": func(o *Options) { o.Connections = 0 },
		"threads": func(o *Options) { o.Threads = 0 }, "memory": func(o *Options) { o.Memory = "" },
	} {
		t.Run(name, func(t *testing.T) {
			o := whole
			change(&o)
			if _, err := Read(context.Background(), o); err == nil {
				t.Error("Read takes it")
			}
		})
	}
}
