package pipeline

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
	"careshare/reports/delivery/mailtest"
)

// Once a root is with a witness, a lake that was put back to before it is refused by everything that reads the log.
func TestALogThatTheWitnessDoesNotKnowIsRefused(t *testing.T) {
	t.Parallel()
	server := mailtest.Serve(t, true)
	w := small(t)
	backup := filepath.Join(t.TempDir(), "lake")
	if said, err := exec.Command("cp", "-a", w.lake(), backup).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	w.edit(t, "  recipients: {}", "  recipients: {auditors: {mail: [audit@council.example]}}\n  mail: {server: '"+server.Address+"', from: careshare@council.example, ca_file: "+server.CAFile+", domains: [council.example]}")
	w.edit(t, "contact_roles:  ", "witness:\n  key_file: keys/witness.key\n  folder: witness\n  recipients: [auditors]\ncontact_roles:  ")

	w.mustRun(t, exit.Failed, "witness") // there is no key yet
	w.mustRun(t, exit.Done, "witness", "--new-key")
	w.mustRun(t, exit.Failed, "witness", "--new-key") // a key is never written over
	w.mustRun(t, exit.Done, "status")
	if !strings.Contains(w.stdout, "witness  no root yet") {
		t.Errorf("status says %s", w.stdout)
	}
	w.mustRun(t, exit.Done, "withhold", w.anyone(t), "--reason", "asked")
	notes, err := filepath.Glob(filepath.Join(w.folder, "witness", "careshare-root-*.note"))
	if err != nil || len(notes) != 1 {
		t.Fatalf("the witness has %v, %v", notes, err)
	}
	w.mustRun(t, exit.Done, "deliver")
	if arrived := server.Messages(); len(arrived) != 1 || !strings.Contains(arrived[0].Header.Get("Subject"), "audit log root") {
		t.Errorf("%d messages arrived", len(arrived))
	}
	w.now = func() time.Time { return time.Now().Add(30 * time.Hour) }
	w.mustRun(t, exit.Done, "--json", "status")
	var said snapshot.Status
	if err := json.Unmarshal([]byte(w.stdout), &said); err != nil || said.Witness.Size != said.Log.Size || said.Witness.Age != "30 hours" && said.Witness.Age != "29 hours" {
		t.Errorf("status says %+v of %d entries, %v", said.Witness, said.Log.Size, err)
	}
	hash := said.Log.Hash.String()
	w.mustRun(t, exit.Done, "verify", "--root", hash)
	w.mustRun(t, exit.Done, "verify", "--root", notes[0])
	w.mustRun(t, exit.WrongUsage, "verify", "--root", "nonsense")
	w.mustRun(t, exit.Done, "prove", "disclosures", "--to", filepath.Join(w.folder, "proof.json"))
	w.mustRun(t, exit.Done, "verify", "--proof", filepath.Join(w.folder, "proof.json"))
	if !strings.Contains(w.stderr, "proves nothing about whose log it is") {
		t.Errorf("verify --proof without a root says %s", w.stderr)
	}
	w.mustRun(t, exit.Failed, "verify", "--proof", filepath.Join(w.folder, "proof.json"), "--root", hash) // the log has grown since

	// the withholding is taken out of the lake by putting an older copy in its place
	if said, err := exec.Command("sh", "-c", "rm -rf "+w.lake()+" && cp -a "+backup+" "+w.lake()).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, args := range [][]string{{"status"}, {"verify"}, {"verify", "--root", hash}, {"run", "--as-at", asAt}, {"withhold", "1", "--reason", "x"}} {
		w.mustRun(t, exit.Failed, args...)
		if !strings.Contains(w.stderr+w.stdout, "not the continuation") {
			t.Errorf("%v says %s", args, w.stderr)
		}
	}
	if err := os.RemoveAll(filepath.Join(w.folder, "witness")); err != nil {
		t.Fatal(err)
	}
	w.mustRun(t, exit.Failed, "verify", "--root", hash) // the noted root alone
	w.mustRun(t, exit.Done, "verify")
}
