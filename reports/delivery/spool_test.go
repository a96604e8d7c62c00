package delivery

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAFolderGetsAReportOnce(t *testing.T) {
	h := spooled(t, Mail{})
	folder := filepath.Join(t.TempDir(), "managers")
	d, files := pack(t, h.mail, "weekly-20261102T070000Z")
	d.To = []Handover{{Recipient: "board", Folder: folder, WithFiles: true, State: Waiting}}
	h.add(d, files)
	h.send()
	got, err := os.ReadFile(filepath.Join(folder, d.ID, "managers-pack.html"))
	want, _ := os.ReadFile(files[0])
	if err != nil || string(got) != string(want) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if info, _ := os.Stat(filepath.Join(folder, d.ID)); info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v", info.Mode())
	}
	if err := ToFolder(t.Context(), done(t, h, d.ID), d.To[0], files); err != nil {
		t.Errorf("a second attempt: %v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, d.ID, "managers-pack.html"), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ToFolder(t.Context(), done(t, h, d.ID), d.To[0], files); err == nil {
		t.Error("another file of that name was taken for the report")
	}
}

func done(t *testing.T, h *hands, id string) Delivery {
	t.Helper()
	all, err := h.spool.Done(id)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v %v", all, err)
	}
	return all[0]
}

func TestAFolderThatIsFullIsTriedAgain(t *testing.T) {
	h := spooled(t, Mail{})
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, files := pack(t, h.mail, "weekly-20261102T070000Z")
	d.To = []Handover{{Recipient: "board", Folder: filepath.Join(blocked, "inside"), WithFiles: true, State: Waiting}}
	h.add(d, files)
	if tried := h.send(); tried[0].To[0].State != Waiting || tried[0].To[0].Attempts != 1 {
		t.Errorf("it stands %+v", tried)
	}
}

// A failure that was written down by a clock years ahead is tried again when the clock is right, and not years later.
func TestAClockTurnedBackKeepsNothingWaiting(t *testing.T) {
	h := spooled(t, Mail{})
	blocked := filepath.Join(t.TempDir(), "blocked")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, files := pack(t, h.mail, "weekly-20261102T070000Z")
	d.To = []Handover{{Recipient: "board", Folder: filepath.Join(blocked, "inside"), WithFiles: true, State: Waiting}}
	h.add(d, files)
	h.now = theDay.AddDate(4, 0, 0)
	h.send()
	h.now = theDay
	if tried := h.send(); len(tried) != 1 || tried[0].To[0].Attempts != 2 {
		t.Errorf("after the clock was put right: %+v", tried)
	}
	if tried := h.send(); len(tried) != 0 {
		t.Errorf("tried again before its time: %+v", tried)
	}
}

func TestFailuresWaitUntilTheyAreTold(t *testing.T) {
	h := spooled(t, Mail{Domains: []string{"other.example"}})
	h.spool = OpenSpool(h.spool.folder, true)
	d, files := pack(t, h.mail, "weekly-20261102T070000Z")
	h.add(d, files)
	h.send()
	waiting, err := h.spool.Waiting()
	if err != nil || len(waiting) != 1 || len(waiting[0].Failed()) != 1 {
		t.Fatalf("%+v %v", waiting, err)
	}
	h.now = h.now.Add(time.Hour)
	if tried := h.send(); len(tried) > 0 {
		t.Error("a refusal was tried again")
	}
	if err := h.spool.Tell([]string{d.ID}); err != nil {
		t.Fatal(err)
	}
	if waiting, _ := h.spool.Waiting(); len(waiting) > 0 {
		t.Errorf("%+v", waiting)
	}
}

func TestOneProcessHandsOver(t *testing.T) {
	h := spooled(t, Mail{})
	release, err := h.spool.lock()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := h.spool.Send(t.Context(), time.Now, Carriers{}, Retries{}); err != ErrBusy {
		t.Errorf("%v", err)
	}
}
