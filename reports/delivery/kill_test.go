package delivery

import (
	"context"
	"encoding/base64"
	"io"
	"mime/multipart"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"careshare/reports/delivery/mailtest"
)

// decoded undoes a part's transfer encoding.
func decoded(part *multipart.Part) io.Reader {
	if part.Header.Get("Content-Transfer-Encoding") == "base64" {
		return base64.NewDecoder(base64.StdEncoding, part)
	}
	return part
}

// TestMain makes the test binary a process that can be killed: it adds and sends one delivery.
func TestMain(m *testing.M) {
	if os.Getenv("DELIVER_TO") == "" {
		os.Exit(m.Run())
	}
	spool := OpenSpool(os.Getenv("SPOOL"), false)
	spool.crash = func(step string) {
		if step == os.Getenv("DIE_AT") {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	}
	mail := Mail{Server: os.Getenv("DELIVER_TO"), From: "careshare@council.example", CAFile: os.Getenv("CA"), Domains: []string{"council.example"}, Timeout: 20 * time.Second}
	d := Delivery{ID: "weekly-20261102T070000Z", At: theDay, Subject: "pack", Lines: []string{"The pack is attached."}, To: []Handover{
		{Recipient: "managers", Address: "managers@council.example", WithFiles: true, State: Waiting, MessageID: mail.MessageID("weekly-20261102T070000Z", "managers@council.example")},
	}}
	if err := spool.Add(d, []string{os.Getenv("FILE")}); err != nil {
		os.Exit(3)
	}
	now := func() time.Time { return theDay.Add(time.Hour) }
	if _, err := spool.Send(context.Background(), now, Carriers{Mail: mail.Send}, Retries{Attempts: 4, After: time.Minute}); err != nil {
		os.Exit(4)
	}
	os.Exit(0)
}

// TestKilledAtEachStep kills a real process wherever it could leave something half done, and starts another.
func TestKilledAtEachStep(t *testing.T) {
	for step, arrives := range map[string]int{"spool": 1, "spooled": 1, "in DATA": 1, "handed": 2, "settled": 1, "done": 1} {
		t.Run(step, func(t *testing.T) {
			s := mailtest.Serve(t, true)
			file := filepath.Join(t.TempDir(), "pack.html")
			if err := os.WriteFile(file, []byte(strings.Repeat("figures\n", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
			spool := filepath.Join(t.TempDir(), "deliveries")
			child := func(dieAt string) *exec.Cmd {
				c := exec.Command(os.Args[0])
				c.Env = append(os.Environ(), "DELIVER_TO="+s.Address, "CA="+s.CAFile, "SPOOL="+spool, "FILE="+file, "DIE_AT="+dieAt, "GORACE=atexit_sleep_ms=0")
				return c
			}
			first := child(step)
			reached, killed := make(chan struct{}), make(chan struct{})
			if step == "in DATA" {
				s.Do(mailtest.Behaviour{OnData: func(_ net.Conn, attempt int) error {
					if attempt > 1 {
						return nil
					}
					close(reached)
					<-killed
					return mailtest.ErrDropped
				}})
			} else {
				close(reached)
			}
			if err := first.Start(); err != nil {
				t.Fatal(err)
			}
			if <-reached; step == "in DATA" {
				_ = first.Process.Kill()
			}
			if err := first.Wait(); err == nil {
				t.Fatal("it was not killed")
			}
			close(killed)
			for range 2 { // the second finds nothing left to do
				if out, err := child("").CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			took := s.Messages()
			if len(took) != arrives {
				t.Fatalf("%d messages arrived, not %d", len(took), arrives)
			}
			for _, message := range took {
				if message.Header.Get("Message-ID") != took[0].Header.Get("Message-ID") {
					t.Error("a second message has another Message-ID")
				}
			}
			if left, _ := filepath.Glob(filepath.Join(spool, "waiting", "*")); len(left) > 0 {
				t.Errorf("the spool keeps %v", left)
			}
			if done, _ := OpenSpool(spool, false).Done(""); len(done) != 1 || done[0].To[0].State != Delivered {
				t.Errorf("the ledger says %+v", done)
			}
		})
	}
}
