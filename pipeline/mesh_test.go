package pipeline

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/extract/mesh"
	"careshare/extract/mesh/meshtest"
	"careshare/pipeline/exit"
)

const meshSettings = `
mesh:
  endpoint: %s
  mailbox: X26ABC1
  password_file: mesh-password
  shared_key_file: mesh-key
  certificate_file: %s
  key_file: %s
  ca_file: %s
  exchanges:
    trace: {workflow: TRACE_WF, owner: NHS number team, recipient: X26ABC2, senders: [X26ABC2]}
    cpis: {workflow: CPIS_UPLOAD_WF, owner: CP-IS custodians, recipient: X26ABC2}
    cpis_acknowledgements: {workflow: CPIS_ACK_WF, owner: CP-IS custodians, senders: [X26ABC2]}
`

// TestADayThroughMESH runs a demo day through NHS England's sandbox without a hand on it: the trace request goes out and its
// answer comes in, and the CP-IS upload goes out and is acknowledged. The far side knows only the files.
func TestADayThroughMESH(t *testing.T) {
	t.Parallel()
	sandbox := meshtest.Start(t)
	w := traced(t)
	w.edit(t, "folder: sources/cpis ", "folder: cpis ")
	if err := os.CopyFS(filepath.Join(w.folder, "cpis"), os.DirFS(filepath.Join(w.folder, "sources", "cpis"))); err != nil {
		t.Fatal(err)
	}
	w.configureMesh(t, sandbox)
	w.runAt(t, asAt)
	w.mesh(t, exit.Done, "send")
	if out := w.mesh(t, exit.Done, "status"); !strings.Contains(out, "NHS number team") {
		t.Errorf("status: %s", out)
	}
	service := sandbox.Client(t, meshtest.Service)
	person, number := serve(t, service)
	w.mesh(t, exit.Done, "receive")
	if left, err := filepath.Glob(filepath.Join(w.folder, "outbox", "*", "[^.]*")); err != nil || len(left) != 0 {
		t.Errorf("the outboxes still hold %d files, %v", len(left), err)
	}
	w.runAt(t, nextDay)
	if got := w.number(t, person); !strings.HasPrefix(got, number+" 01 traced") {
		t.Errorf("the traced person has %q", got)
	}
	acknowledged := w.query(t, "select count(*) from read_parquet("+w.trusted("cpis", "cpis_uploads")+") where answered_at >= timestamp '2026-11-01'")
	if acknowledged[0][0] == "0" {
		t.Error("no upload was acknowledged")
	}
	if out := w.mesh(t, exit.Done, "send"); strings.Contains(out, "not delivered") {
		t.Errorf("send: %s", out)
	}
}

// configureMesh adds a mailbox of the sandbox to the configuration.
func (w world) configureMesh(t *testing.T, sandbox *meshtest.Sandbox) {
	t.Helper()
	for name, secret := range map[string]string{"mesh-password": meshtest.Password, "mesh-key": meshtest.SharedKey} {
		if err := os.WriteFile(filepath.Join(w.folder, name), []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(w.config())
	if err != nil {
		t.Fatal(err)
	}
	text = fmt.Appendf(text, meshSettings, sandbox.URL, sandbox.Certificate, sandbox.Key, sandbox.CA)
	if err := os.WriteFile(w.config(), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (w *world) mesh(t *testing.T, want int, args ...string) string {
	t.Helper()
	if code := w.run(append([]string{"mesh", "--config", w.config()}, args...)...); code != want {
		t.Fatalf("mesh %v ended with %d: %s", args, code, w.stderr)
	}
	return w.stdout
}

// serve answers what waits for the service: of a trace request, one person is found and the others are not; an upload is
// acknowledged whole. It returns the person found and the number.
func serve(t *testing.T, service *mesh.Client) (person, number string) {
	t.Helper()
	ctx := context.Background()
	ids, err := service.Inbox(ctx, 100)
	if err != nil || len(ids) != 2 {
		t.Fatalf("the service has %d messages, %v", len(ids), err)
	}
	for _, id := range ids {
		var content bytes.Buffer
		header, err := service.Download(ctx, id, &content)
		if err != nil {
			t.Fatal(err)
		}
		switch header.WorkflowID {
		case "TRACE_WF":
			var answer []byte
			person, number, answer = traceAnswer(t, content.Bytes())
			reply(t, service, "TRACE_WF", header.LocalID, answer)
		case "CPIS_UPLOAD_WF":
			var u uploaded
			if err := xml.Unmarshal(content.Bytes(), &u); err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
			reply(t, service, "CPIS_ACK_WF", header.LocalID, []byte(answered(u.ID.Extension, u.Quantity.Value, "CPF02", at)))
		}
		if err := service.Acknowledge(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	return person, number
}

func reply(t *testing.T, service *mesh.Client, workflow, localID string, content []byte) {
	t.Helper()
	_, err := service.Send(context.Background(), mesh.Outgoing{
		To: meshtest.Council, WorkflowID: workflow, LocalID: localID, FileName: "answer", Subject: "answer", SHA256: "0",
	}, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
}

// traceAnswer answers a request: the first person without a number gets one, nobody else is found.
func traceAnswer(t *testing.T, request []byte) (person, number string, answer []byte) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(request)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var answers []map[string]string
	for _, row := range rows[1:] {
		line := map[string]string{}
		for i, name := range rows[0] {
			line[name] = row[i]
		}
		line["ERROR/SUCCESS_CODE"], line["MATCHED_NHS_NO"], line["AS_AT_DATE"] = "98", "0000000000", "202611010930"
		if person == "" && line["NHS_NO"] == "" {
			person, number = line["LOCAL_PATIENT_ID"], spareNumber(1)
			line["ERROR/SUCCESS_CODE"], line["MATCHED_NHS_NO"] = "00", number
		}
		answers = append(answers, line)
	}
	path := filepath.Join(t.TempDir(), "answer.csv")
	world{}.answerIn(t, path, answers...)
	if answer, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return person, number, answer
}

// A wrong configuration is refused with every fault, by its key, and no secret is printed.
func TestMESHConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	w := demo(t).copyOf(t)
	text, err := os.ReadFile(w.config())
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "\nmesh:\n  endpoint: http://mesh.example\n  mailbox: x\n  exchanges:\n    trace: {senders: [X]}\n"...)
	if err := os.WriteFile(w.config(), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if code := w.run("mesh", "status", "--config", w.config()); code != exit.WrongUsage {
		t.Errorf("ended with %d", code)
	}
	for _, want := range []string{"mesh.endpoint", "mesh.mailbox", "mesh.certificate_file", "password_env", "mesh.exchanges.trace.workflow", "mesh.exchanges.trace.owner"} {
		if !strings.Contains(w.stderr, want) {
			t.Errorf("no fault names %s: %s", want, w.stderr)
		}
	}
	unconfigured := demo(t)
	if code := unconfigured.run("mesh", "status", "--config", unconfigured.config()); code != exit.WrongUsage || !strings.Contains(unconfigured.stderr, "mesh: in careshare.yaml") {
		t.Errorf("ended with %d: %s", code, unconfigured.stderr)
	}
}
