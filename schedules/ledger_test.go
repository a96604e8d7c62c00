package schedules

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestATornLineIsLeftOutAndCutOff(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(*Job) {}))
	o.pass("2026-06-01T12:00:00Z")
	path := filepath.Join(o.folder, "ledger.jsonl")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(whole, `{"job":"`+strings.Repeat("n", 9999)...), 0o600); err != nil {
		t.Fatal(err)
	}
	o.expect(o.pass("2026-06-02T06:00:00Z"), "nightly 06-02T06")
	o.expect(o.history(), "06-02T06 done")
	if after, err := os.ReadFile(path); err != nil || !strings.HasSuffix(string(after), "}\n") {
		t.Errorf("the torn line is still there: %v", err)
	}
}

func TestADamagedLedgerIsRefused(t *testing.T) {
	for name, line := range map[string]string{
		"no entry":      "\x00\x00\n",
		"unknown state": `{"job":"nightly","slot":"2026-06-02T06:00:00Z","state":"perhaps"}` + "\n",
		"out of turn":   `{"job":"nightly","slot":"2026-06-02T06:00:00Z","state":"done"}` + "\n",
		"no timing":     `{"job":"nightly","state":"added"}` + "\n",
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "ledger.jsonl"), []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenLedger(folder); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// What may follow on what: every pair that is not named here is refused, by the ledger itself.
func TestWhatMayFollow(t *testing.T) {
	states := []State{"", Due, Claimed, Done, Failed, Skipped}
	allowed := map[State][]State{Due: {"", Claimed}, Claimed: {Due, Failed}, Done: {Claimed}, Failed: {Claimed}, Skipped: {"", Due, Failed}}
	for next, before := range allowed {
		for _, now := range states {
			want := false
			for _, s := range before {
				want = want || s == now
			}
			if follows(Slot{State: now}, Entry{State: next}) != want {
				t.Errorf("%q after %q: want %v", next, now, want)
			}
		}
	}
	if follows(Slot{State: Done}, Entry{State: Due, Backfill: true}) {
		t.Error("a slot that is done was asked for again")
	}
}

// Two processes that both saw a slot due: only the first claim stands, even had no lock kept them apart.
func TestASecondClaimIsRefused(t *testing.T) {
	o := open(t, "2026-06-02T06:00:00Z", daily(func(*Job) {}))
	first, second := o.keeper().Ledger, o.keeper().Ledger
	entry := Entry{Job: "nightly", Slot: o.now, State: Due}
	if err := first.Append(entry); err != nil {
		t.Fatal(err)
	}
	entry.State = Claimed
	if err := first.Append(entry); err != nil {
		t.Fatal(err)
	}
	if err := second.Append(entry); err == nil {
		t.Error("a slot was claimed twice")
	}
	o.expect(o.history(), "06-02T06 claimed")
}

func TestPausesThatAreRefused(t *testing.T) {
	o := open(t, "2026-06-02T06:00:00Z", daily(func(*Job) {}))
	ledger := o.keeper().Ledger
	pause := Entry{Job: "nightly", State: Paused, Reason: "a rest"}
	if ledger.Append(Entry{Job: "nightly", State: Resumed, Reason: "x"}) == nil {
		t.Error("a job that is not paused was resumed")
	}
	if ledger.Append(Entry{Job: "nightly", State: Paused}) == nil {
		t.Error("a job was paused for no reason")
	}
	if err := ledger.Append(pause); err != nil {
		t.Fatal(err)
	}
	if ledger.Append(pause) == nil {
		t.Error("a job was paused twice")
	}
}

// A full disk: what is in memory is what is on disk, and the next append goes on from there.
func TestAFailedAppendLeavesWhatStood(t *testing.T) {
	o := open(t, "2026-06-02T06:00:00Z", daily(func(*Job) {}))
	ledger := o.keeper().Ledger
	full := errors.New("no space left")
	ledger.write = func(file *os.File, lines []byte) error {
		_, err := file.Write(lines[:len(lines)/2])
		return errors.Join(full, err)
	}
	due := Entry{Job: "nightly", Slot: o.now, State: Due}
	if err := ledger.Append(due); !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
	if len(ledger.History()) != 0 {
		t.Error("memory holds a slot that the disk does not")
	}
	ledger.write = writeSafe
	if err := ledger.Append(due); err != nil {
		t.Fatal(err)
	}
	o.expect(o.history(), "06-02T06 due")
}

func TestTheLedgerIsPrivate(t *testing.T) {
	o := open(t, "2026-06-02T06:00:00Z", daily(func(*Job) {}))
	o.folder = filepath.Join(o.folder, "schedules")
	o.pass("2026-06-02T06:00:00Z")
	for path, want := range map[string]os.FileMode{o.folder: 0o700, filepath.Join(o.folder, "ledger.jsonl"): 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s: %o", path, info.Mode().Perm())
		}
	}
}
