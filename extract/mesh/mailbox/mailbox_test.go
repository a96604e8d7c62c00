package mailbox_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"careshare/extract/mesh"
	"careshare/extract/mesh/mailbox"
	"careshare/extract/mesh/meshtest"
)

// world is a council's mailbox and the service at the other end.
type world struct {
	t       *testing.T
	sandbox *meshtest.Sandbox
	client  *mesh.Client
	service *mesh.Client
	options mailbox.Options
	outbox  string
	folder  string
	now     time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldIn(t, t.TempDir())
}

func worldIn(t *testing.T, folder string) *world {
	t.Helper()
	w := &world{t: t, sandbox: meshtest.Start(t), outbox: filepath.Join(folder, "outbox"), folder: filepath.Join(folder, "in"), now: time.Now()}
	options := w.sandbox.Options(meshtest.Council)
	options.ChunkBytes = 4000
	client, err := mesh.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	w.client, w.service = client, w.sandbox.Client(t, meshtest.Service)
	w.options = mailbox.Options{
		State: filepath.Join(folder, "state"), Attempts: 2, Now: func() time.Time { return w.now },
		Wait: func(context.Context, time.Duration) error { return nil },
		Exchanges: []mailbox.Exchange{{
			Name: "trace", WorkflowID: "TRACE_WF", Owner: "NHS number team", Recipient: meshtest.Service, Outbox: w.outbox, Match: "*.csv",
			Senders: []string{meshtest.Service}, Folder: w.folder, SaveAs: "{message}.csv",
		}},
	}
	return w
}

func (w *world) open() *mailbox.Mailbox {
	w.t.Helper()
	m, err := mailbox.Open(w.client, w.options)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) put(name string, size int) []byte {
	w.t.Helper()
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(rand.IntN(256))
	}
	if err := os.MkdirAll(w.outbox, 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.outbox, name), content, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return content
}

// arrive has the service send a message to the council.
func (w *world) arrive(workflow, localID string, content []byte) (id string) {
	w.t.Helper()
	id, err := w.service.Send(context.Background(), mesh.Outgoing{
		To: meshtest.Council, WorkflowID: workflow, LocalID: localID, FileName: "name-of-a-person.csv", Subject: "x", SHA256: "0",
	}, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// collect has the service take everything that waits for it: contents by hash, with how often each came.
func (w *world) collect() map[string]int {
	w.t.Helper()
	ctx, got := context.Background(), map[string]int{}
	ids, err := w.service.Inbox(ctx, 10000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, id := range ids {
		var content bytes.Buffer
		if _, err := w.service.Download(ctx, id, &content); err != nil {
			w.t.Fatal(err)
		}
		got[hashOf(content.Bytes())]++
		if err := w.service.Acknowledge(ctx, id); err != nil {
			w.t.Fatal(err)
		}
	}
	return got
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (w *world) files(folder string) (names []string) {
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (w *world) status() mailbox.Status {
	w.t.Helper()
	status, err := w.open().Status()
	if err != nil {
		w.t.Fatal(err)
	}
	return status
}

func TestADayWithoutFaults(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	small, large := w.put("a.csv", 100), w.put("b.csv", 9000)
	w.put(".hidden.csv", 10)
	w.put("notes.txt", 10)
	if s := w.status(); s.Exchanges[0].Waiting != 2 {
		t.Fatalf("waiting: %+v", s)
	}
	for round, want := range []int{2, 0} { // the second call sends nothing again
		sent, err := w.open().Send(ctx)
		if err != nil || len(sent) != want {
			t.Fatalf("round %d: sent %d, %v", round, len(sent), err)
		}
	}
	if s := w.status().Exchanges[0]; s.OnTheWay != 2 || s.Waiting != 0 {
		t.Errorf("after sending: %+v", s)
	}
	got := w.collect()
	if len(got) != 2 || got[hashOf(small)] != 1 || got[hashOf(large)] != 1 {
		t.Fatalf("the service has %v", got)
	}
	id := w.arrive("TRACE_WF", "theirs", []byte("answer"))
	taken, err := w.open().Receive(ctx)
	if err != nil || len(taken) != 1 || taken[0].Failure != nil {
		t.Fatalf("taken %+v, %v", taken, err)
	}
	stored := filepath.Join(w.folder, id+".csv")
	if content, err := os.ReadFile(stored); err != nil || string(content) != "answer" {
		t.Errorf("stored %q, %v", content, err)
	}
	info, err := os.Stat(stored)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left := w.files(w.outbox); strings.Join(left, " ") != ".hidden.csv notes.txt" { // the recipient has the two files
		t.Errorf("outbox: %v", left)
	}
	if s := w.status(); s.Exchanges[0].Collected != 2 || s.Exchanges[0].Received != 1 || len(s.Failures) != 0 {
		t.Errorf("status: %+v", s)
	}
}

func TestOneFileIsSentOnceWhateverItsName(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	content := w.put("a.csv", 50)
	if _, err := w.open().Send(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(w.outbox, "a.csv"), filepath.Join(w.outbox, "copy.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(w.options.State); err != nil { // even where every record was lost
		t.Fatal(err)
	}
	if _, err := w.open().Send(ctx); err != nil {
		t.Fatal(err)
	}
	if got := w.collect(); len(got) != 1 || got[hashOf(content)] != 1 {
		t.Errorf("the service has %v", got)
	}
}

func TestAnswersFindTheirRequest(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	both := t.TempDir()
	w.outbox = both
	w.options.Exchanges[0] = mailbox.Exchange{
		Name: "opt_out", WorkflowID: "OPT_WF", Owner: "IG team", Recipient: meshtest.Service, Outbox: both, Match: "*.request.dat", Keep: true,
		SendAs:  "{mailbox}-{ddmmyy}-{nnnn}.dat",
		Senders: []string{meshtest.Service}, Folder: both, SaveAs: "{request}.reply.dat",
	}
	w.put("2026-11.request.dat", 40)
	sent, err := w.open().Send(ctx)
	if err != nil || len(sent) != 1 {
		t.Fatalf("%v, %v", sent, err)
	}
	if want := meshtest.Council + "-" + w.now.UTC().Format("020106") + "-0001.dat"; sent[0].SentAs != want {
		t.Errorf("sent as %s, want %s", sent[0].SentAs, want)
	}
	w.collect()
	w.arrive("OPT_WF", sent[0].LocalID, []byte("reply"))
	w.arrive("OPT_WF", "of-nothing", []byte("stray"))
	taken, err := w.open().Receive(ctx)
	if err != nil || len(taken) != 2 {
		t.Fatalf("%v, %v", taken, err)
	}
	if names := strings.Join(w.files(both), " "); names != "2026-11.reply.dat 2026-11.request.dat" {
		t.Errorf("folder: %s", names)
	}
	if s := w.status(); len(s.Failures) != 1 || s.Failures[0].Rule != "answers_nothing_sent" || s.Failures[0].Owner != "IG team" {
		t.Errorf("failures: %+v", s.Failures)
	}
}

func TestFailuresHaveAnOwner(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.arrive("OTHER_WF", "a", []byte("unknown workflow"))
	own, err := w.client.Send(ctx, mesh.Outgoing{To: meshtest.Council, WorkflowID: "TRACE_WF", LocalID: "self", Subject: "x", SHA256: "0"}, strings.NewReader("stranger"), 8)
	if err != nil {
		t.Fatal(err)
	}
	w.put("a.csv", 10)
	w.put("b.csv", 20)
	w.put("c.csv", 30)
	sent, err := w.open().Send(ctx)
	if err != nil || len(sent) != 3 {
		t.Fatalf("%v, %v", sent, err)
	}
	w.sandbox.Admin(t, "report", map[string]any{
		"mailbox_id": meshtest.Council, "status": "undeliverable", "code": "14", "description": "x", "workflow_id": "TRACE_WF", "subject": "name-of-a-person",
		"local_id": sent[0].LocalID, "linked_message_id": sent[0].MessageID,
	})
	w.sandbox.Admin(t, "report", map[string]any{
		"mailbox_id": meshtest.Council, "status": "undeliverable", "code": "14", "description": "x", "workflow_id": "TRACE_WF", "linked_message_id": "ELSE",
	})
	w.sandbox.Admin(t, "message/"+sent[1].MessageID+"/event", map[string]any{"status": "error", "code": "21", "event": "SEND", "description": "x"})
	taken, err := w.open().Receive(ctx)
	if err != nil || len(taken) != 4 {
		t.Fatalf("taken %d, %v", len(taken), err)
	}
	w.now = w.now.Add(6 * 24 * time.Hour)
	if _, err := w.open().Receive(ctx); err != nil {
		t.Fatal(err)
	}
	rules := map[string]int{}
	for _, f := range w.status().Failures {
		rules[f.Rule+" "+f.Owner]++
	}
	want := map[string]int{
		"unknown_workflow NHS number team": 1, "unexpected_sender NHS number team": 1, "report_about_nothing_sent NHS number team": 1,
		"not_delivered NHS number team": 2, "not_collected_in_time NHS number team": 1,
	}
	if fmt.Sprint(rules) != fmt.Sprint(want) {
		t.Errorf("failures: %v", rules)
	}
	if content, err := os.ReadFile(filepath.Join(w.options.State, "unclaimed", own)); err != nil || string(content) != "stranger" {
		t.Errorf("an unexpected message is kept: %q, %v", content, err)
	}
	if ids, err := w.client.Inbox(ctx, 10); err != nil || len(ids) != 0 {
		t.Errorf("inbox: %v, %v", ids, err)
	}

	if err := w.open().Resolve(own, "deleted by the team"); err != nil {
		t.Error(err)
	}
	if err := w.open().Resolve(own, "again"); err == nil {
		t.Error("a resolved failure was resolved again")
	}
	if err := w.open().Again(sent[0].LocalID); err != nil {
		t.Error(err)
	}
	again, err := w.open().Send(ctx)
	if err != nil || len(again) != 1 || again[0].Attempt != 2 || again[0].SHA256 != sent[0].SHA256 {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	if left := len(w.status().Failures); left != 4 {
		t.Errorf("%d failures are open", left)
	}
}

func TestOneFileRefusedDoesNotStopTheNext(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	second := w.options.Exchanges[0]
	second.Name, second.Outbox, second.Folder, second.Senders = "cpis", t.TempDir(), "", nil
	w.options.Exchanges[0].Recipient = "NOBODY"
	w.options.Exchanges = append(w.options.Exchanges, second)
	w.put("a.csv", 10)
	if err := os.WriteFile(filepath.Join(second.Outbox, "b.csv"), []byte("b"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.open().Send(ctx); err == nil || !strings.Contains(err.Error(), "code 12") {
		t.Errorf("send: %v", err)
	}
	if got := w.collect(); got[hashOf([]byte("b"))] != 1 {
		t.Errorf("the service has %v", got)
	}
	if f := w.status().Failures; len(f) != 1 || f[0].Rule != "refused" || f[0].Code != "12" {
		t.Errorf("failures: %+v", f)
	}
	if sent, err := w.open().Send(ctx); err != nil || len(sent) != 0 {
		t.Errorf("a refused file was tried again by itself: %v, %v", sent, err)
	}
}

func TestTwoProcessesDoNotMeet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("a.csv", 10)
	w.options.Step = func(string) {
		inner := w.options
		inner.Step = nil
		other, err := mailbox.Open(w.client, inner)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Send(context.Background()); err != mailbox.ErrBusy {
			t.Errorf("a second process: %v", err)
		}
	}
	if _, err := w.open().Send(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// killed is what a process that ends at a step panics with.
type killed struct{}

// TestNothingIsLostOrSentTwice breaks every kind of request in every way and ends the process at every step, at random,
// until at least 300 faults have happened. What both sides have at the end is compared with what was put in.
func TestNothingIsLostOrSentTwice(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	faults := map[string]int{}
	total := func() (n int) {
		for _, count := range faults {
			n += count
		}
		return n
	}
	w.options.Step = func(step string) {
		if dice.IntN(8) == 0 {
			faults["kill "+step]++
			panic(killed{})
		}
	}
	w.options.Exchanges[0].Match = ""
	breaking := func(*http.Request) meshtest.Fault {
		name, fault := anyFault(dice)
		if name != "" {
			faults[name]++
		}
		return fault
	}
	given, arrived, back := map[string]int{}, map[string]bool{}, map[string]int{}
	for round := 0; total() < 300 || round < 20; round++ {
		w.sandbox.Break(nil)
		given[hashOf(w.put(fmt.Sprintf("out-%d", round), 1+dice.IntN(12000)))]++
		content := []byte(fmt.Sprintf("message %d %d", round, dice.Uint64()))
		w.arrive("TRACE_WF", "x", content)
		arrived[hashOf(content)] = true
		w.sandbox.Break(breaking)
		for range 4 {
			untilKilled(func() { _, _ = w.open().Send(ctx) })
			untilKilled(func() { _, _ = w.open().Receive(ctx) })
		}
		w.sandbox.Break(nil)
		for hash, n := range w.collect() {
			back[hash] += n
		}
	}
	w.options.Step = nil
	for range 2 {
		if _, err := w.open().Send(ctx); err != nil {
			t.Error(err)
		}
		for hash, n := range w.collect() {
			back[hash] += n
		}
		if _, err := w.open().Receive(ctx); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d faults: %v", total(), faults)
	if fmt.Sprint(given) != fmt.Sprint(back) {
		t.Errorf("%d files were given, the service has %d: %v", len(given), len(back), back)
	}
	for _, name := range w.files(w.folder) {
		content, err := os.ReadFile(filepath.Join(w.folder, name))
		if err != nil || !arrived[hashOf(content)] {
			t.Errorf("%s: not a message that was sent, or here twice (%v)", name, err)
		}
		delete(arrived, hashOf(content))
	}
	if len(arrived) > 0 {
		t.Errorf("%d messages were lost", len(arrived))
	}
	if s := w.status(); len(s.Failures) != 0 || s.Exchanges[0].Collected != len(given) || s.Exchanges[0].Waiting != 0 || len(w.files(w.outbox)) != 0 {
		t.Errorf("status: %+v, outbox %v", s, w.files(w.outbox))
	}
	if hidden, _ := filepath.Glob(filepath.Join(w.options.State, ".*")); len(hidden) != 0 {
		t.Errorf("left over: %v", hidden)
	}
}

// anyFault breaks two requests in five.
func anyFault(dice *rand.Rand) (string, meshtest.Fault) {
	if dice.IntN(5) > 1 {
		return "", meshtest.Fault{}
	}
	statuses := []int{403, 429, 500, 502, 503, 504}
	switch status := statuses[dice.IntN(len(statuses))]; dice.IntN(5) {
	case 0:
		return fmt.Sprint(status), meshtest.Fault{Status: status, Header: http.Header{"Retry-After": {"1"}}}
	case 1:
		if status == 403 {
			status = 500 // MESH does not act on what it forbids
		}
		return fmt.Sprintf("%d after it was done", status), meshtest.Fault{Status: status, Pass: true}
	case 2:
		return "cut before", meshtest.Fault{Cut: true}
	case 3:
		return "cut after it was done", meshtest.Fault{Cut: true, Pass: true}
	}
	return "cut in the answer", meshtest.Fault{CutAfter: 1 + dice.IntN(40)}
}

func untilKilled(do func()) {
	defer func() {
		if r := recover(); r != nil && r != (killed{}) {
			panic(r)
		}
	}()
	do()
}

// A message that finds no room stays in the inbox, and comes when there is room.
func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=200k,mode=0700", "tmpfs", folder).CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("mount: %v: %s", err, out)
		}
		t.Skipf("SKIPPED: no small disk can be mounted: %s", out)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	ctx, w := context.Background(), worldIn(t, folder)
	content := make([]byte, 300_000)
	id := w.arrive("TRACE_WF", "x", content)
	small := w.arrive("TRACE_WF", "x", []byte("small"))
	taken, err := w.open().Receive(ctx)
	if err == nil || !strings.Contains(err.Error(), "no space left") || len(taken) != 1 || taken[0].MessageID != small {
		t.Fatalf("taken %v, %v", taken, err)
	}
	if ids, err := w.client.Inbox(ctx, 10); err != nil || len(ids) != 1 || ids[0] != id {
		t.Fatalf("inbox %v, %v", ids, err)
	}
	if out, err := exec.Command("mount", "-o", "remount,size=2m", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if taken, err := w.open().Receive(ctx); err != nil || len(taken) != 1 {
		t.Fatalf("with room: %v, %v", taken, err)
	}
	if got, err := os.ReadFile(filepath.Join(w.folder, id+".csv")); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestExchangesAreChecked(t *testing.T) {
	t.Parallel()
	bad := mailbox.Exchange{Name: "Trace", Match: "[", Outbox: "x", Folder: "y", SaveAs: "../{message}"}
	err := bad.Validate()
	for _, want := range []string{"name:", "workflow:", "owner:", "recipient:", "senders:", "match:", "save_as:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no fault names %s: %v", want, err)
		}
	}
	fixed := mailbox.Exchange{Name: "a", WorkflowID: "W", Owner: "o", Folder: "y", Senders: []string{"S"}, SaveAs: "same.csv"}
	if err := fixed.Validate(); err == nil {
		t.Error("a name that does not differ between messages would write over the last one")
	}
}
