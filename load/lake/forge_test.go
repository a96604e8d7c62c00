package lake

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
)

// forger is an insider who may write everything in the lake, and recomputes every hash in it.
type forger struct {
	*world
	entries []audit.Entry
}

// rewrite makes the log again from the entries, with its head, the roots in every manifest and the manifests' hashes in the log.
func (f forger) rewrite(entries []audit.Entry) {
	f.Helper()
	f.ok(os.RemoveAll(f.lake.audit()))
	at := time.Time{}
	trail, err := audit.OpenTrail(f.lake.audit(), func() time.Time { return at })
	f.ok(err)
	began := map[string]audit.Root{}
	for _, entry := range entries {
		if entry.Event == audit.Published {
			entry.Manifest = f.remake(entry.Run, func(m *Manifest) { m.Audit = began[entry.Run] })
		}
		at = entry.At
		root, err := trail.Append(entry)
		f.ok(err)
		if entry.Event == audit.Started {
			began[entry.Run] = root
		}
	}
}

// remake changes a manifest and returns its new hash.
func (f forger) remake(run string, change func(*Manifest)) string {
	f.Helper()
	path := filepath.Join(f.lake.snapshot(run).Path, manifestName)
	info, err := os.Stat(path)
	f.ok(err)
	m, err := f.lake.snapshot(run).Manifest()
	f.ok(err)
	change(&m)
	data, err := m.encode()
	f.ok(err)
	f.ok(os.WriteFile(path, data, info.Mode()))
	return disk.SHA256(data)
}

// place is where the log has the first entry of an event.
func (f forger) place(event audit.Event) int {
	return slices.IndexFunc(f.entries, func(e audit.Entry) bool { return e.Event == event })
}

// An insider who rewrites the log, with every hash in the lake made to fit, is found by one root that somebody noted: nothing
// inside the lake shows it.
func TestForgeriesAreFoundByTheNotedRootAlone(t *testing.T) {
	w := newWorld(t)
	backup := filepath.Join(t.TempDir(), "backup")
	w.publish(asAt)
	person := int64(999_999) // not of the council, so that its data stay publishable
	_, err := w.lake.record(audit.Entry{Event: audit.Withheld, Person: &person, Reason: "asked by court"})
	w.ok(err)
	copyLake(t, w.lake.path, backup)
	w.publish(later)
	noted := w.log().Root()
	_, err = w.lake.record(audit.Entry{Event: audit.Reviewed, Note: "after the root was noted"})
	w.ok(err)
	other := newWorld(t) // another council's lake
	other.publish(asAt)
	other.publish(later)

	for name, c := range map[string]struct {
		forge   func(f forger)
		isShown bool // inside the lake too
	}{
		"remove an entry": {forge: func(f forger) {
			f.rewrite(slices.Delete(f.entries, f.place(audit.Withheld), f.place(audit.Withheld)+1))
		}},
		"reorder": {forge: func(f forger) {
			i := f.place(audit.KeptBack)
			f.entries[i], f.entries[i+1] = f.entries[i+1], f.entries[i]
			f.rewrite(f.entries)
		}},
		"edit a count": {forge: func(f forger) {
			rows := int64(1)
			f.entries[f.place(audit.Disclosed)].Rows = &rows
			f.rewrite(f.entries)
		}},
		"edit a time": {forge: func(f forger) { f.entries[f.place(audit.Withheld)].At = later; f.rewrite(f.entries) }},
		"edit a person": {forge: func(f forger) {
			another := int64(888_888)
			f.entries[f.place(audit.Withheld)].Person = &another
			f.rewrite(f.entries)
		}},
		"append in the past": {forge: func(f forger) {
			lifted := audit.Entry{Event: audit.Lifted, Person: &person, At: asAt.Add(2 * time.Hour), Reason: "was asked to"}
			f.rewrite(slices.Insert(f.entries, f.place(audit.Withheld)+1, lifted))
		}},
		"insert a pruning": {forge: func(f forger) {
			m, err := f.lake.snapshot("20261101T070000Z").Manifest()
			f.ok(err)
			gone := m.Outputs[0]
			f.ok(os.Remove(filepath.Join(f.lake.snapshot(m.Run).Path, gone.Path)))
			pruned := audit.Entry{Event: audit.Pruned, Run: m.Run, At: later, Files: []audit.Held{{Path: gone.Path, SHA256: gone.SHA256}}}
			f.rewrite(slices.Insert(f.entries, f.place(audit.Withheld)+1, pruned))
		}},
		"repeat an entry": {forge: func(f forger) { f.rewrite(slices.Insert(f.entries, 1, f.entries[0])) }},
		"truncate to before the root": {forge: func(f forger) {
			f.ok(os.RemoveAll(f.lake.snapshot("20261102T070000Z").Path))
			f.ok(os.Remove(f.lake.current()))
			f.ok(f.lake.link("20261101T070000Z"))
			f.ok(f.lake.swap())
			f.rewrite(f.entries[:f.place(audit.Withheld)+1])
		}},
		"truncate and grow again": {forge: func(f forger) {
			last := len(f.entries) - 1
			f.entries[last-1], f.entries[last] = f.entries[last], f.entries[last-1] // as many entries, others at the end
			f.rewrite(f.entries)
		}},
		"replace the lake":       {forge: func(f forger) { f.replace(other.lake.path) }},
		"roll back to a backup":  {forge: func(f forger) { f.replace(backup) }},
		"replay a council's log": {forge: func(f forger) { f.replaceLog(other.lake) }, isShown: true},
		"edit the head":          {forge: func(f forger) { f.editHead() }, isShown: true},
		"edit a manifest":        {forge: func(f forger) { f.editManifest() }},
		"change the lake's key": {forge: func(f forger) {
			f.plant(f.lake.keyFile(), "00")
			f.entries[0].Note = "another key"
			f.rewrite(f.entries)
		}},
		"empty the lake":            {forge: func(f forger) { f.empty() }},
		"everything anew, same day": {forge: func(f forger) { f.empty(); f.publish(asAt); f.publish(later) }},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "lake")
			copyLake(t, w.lake.path, folder)
			forged := &world{T: t, db: w.db, contracts: w.contracts, agreement: w.agreement, now: w.now}
			forged.lake = forged.open(folder)
			if name == "everything anew, same day" {
				forged.ok(forged.lake.Unlock())
				forged = councilAt(t, folder)
			}
			c.forge(forger{forged, slices.Clone(w.log().Entries)})
			forged.ok(forged.lake.Unlock())
			if found := forged.verify(true); c.isShown != (len(found) > 0) {
				t.Errorf("without a noted root verify finds %v", found)
			}
			for _, root := range []string{noted.Hash.String(), fmt.Sprint(noted.Size, " ", noted.Hash)} {
				v, err := Verify(t.Context(), forged.lake, VerifyOptions{Roots: []Noted{{root, "the auditors"}}})
				forged.ok(err)
				if len(v.Findings) == 0 {
					t.Errorf("by the root %q nothing is found", root)
				}
			}
		})
	}
	w.ok(w.lake.Unlock())
	v, err := Verify(t.Context(), w.lake, VerifyOptions{Roots: []Noted{{noted.Hash.String(), "the auditors"}}})
	if err != nil || len(v.Findings) > 0 {
		t.Errorf("of the lake that nobody forged verify says %v, %v", v.Findings, err)
	}
}

func copyLake(t *testing.T, from, to string) {
	t.Helper()
	if said, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
}

func (f forger) replace(by string) {
	f.Helper()
	f.ok(f.lake.Unlock())
	f.ok(os.RemoveAll(f.lake.path))
	copyLake(f.T, by, f.lake.path)
	f.lake = f.open(f.lake.path)
}

func (f forger) replaceLog(by *Lake) {
	f.Helper()
	f.ok(os.RemoveAll(f.lake.audit()))
	copyLake(f.T, by.audit(), f.lake.audit())
}

func (f forger) empty() {
	f.Helper()
	f.ok(os.RemoveAll(f.lake.audit()))
	f.ok(os.RemoveAll(f.lake.snapshots()))
	f.ok(os.RemoveAll(f.lake.current()))
	f.ok(os.Mkdir(f.lake.audit(), 0o700))
	f.ok(os.Mkdir(f.lake.snapshots(), 0o711))
}

// editHead lets the head end before its last append.
func (f forger) editHead() {
	f.Helper()
	var head map[string]any
	data, err := os.ReadFile(audit.HeadPath(f.lake.audit()))
	f.ok(err)
	f.ok(json.Unmarshal(data, &head))
	previous := head["previous"].(map[string]any)
	data, err = json.Marshal(map[string]any{"size": previous["size"], "root": previous["root"], "bytes": previous["bytes"], "previous": previous})
	f.ok(err)
	f.ok(os.WriteFile(audit.HeadPath(f.lake.audit()), append(data, '\n'), 0o600))
}

// editManifest takes what was withheld out of a manifest, and puts the manifest's new hash into the log.
func (f forger) editManifest() {
	f.Helper()
	f.remake("20261101T070000Z", func(m *Manifest) { m.Withheld = nil })
	f.rewrite(f.entries)
}

// A root that another key has signed, or that was changed after it was signed, is no witness.
func TestASignedRootIsTheKeyHoldersAlone(t *testing.T) {
	w := newWorld(t)
	_, err := w.lake.record(audit.Entry{Event: audit.Started, Run: "a"})
	w.ok(err)
	root := w.log().Root()
	private, public, err := audit.NewWitnessKey(rand.Reader, "careshare")
	w.ok(err)
	another, _, err := audit.NewWitnessKey(rand.Reader, "careshare")
	w.ok(err)
	if derived, err := audit.PublicKey(private); err != nil || derived != public {
		t.Errorf("the public key is %s, %v", derived, err)
	}
	signed, err := root.Sign(private)
	w.ok(err)
	if opened, err := audit.OpenSigned(signed, public); err != nil || opened != root {
		t.Errorf("opened %v, %v", opened, err)
	}
	forged, err := root.Sign(another)
	w.ok(err)
	for i, spoilt := range [][]byte{forged, slices.Concat(signed[:len(signed)-9], []byte("AAAA"), signed[len(signed)-5:]), nil, []byte("careshare\n1\n")} {
		if _, err := audit.OpenSigned(spoilt, public); err == nil {
			t.Errorf("%d: taken", i)
		}
	}
}
