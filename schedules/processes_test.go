package schedules

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// child is this test binary as another process of the same office.
func (o *office) child(what string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), "CHILD="+what, "FOLDER="+o.folder, "NOW="+o.now.Format(time.RFC3339), "TMPDIR="+o.t.TempDir())
	return cmd
}

// TestChild is what such a process does; it is no test by itself.
func TestChild(t *testing.T) {
	what := os.Getenv("CHILD")
	if what == "" {
		t.Skip("only as a child")
	}
	o := open(t, os.Getenv("NOW"), daily(func(j *Job) { j.CatchUp = all }))
	o.folder = os.Getenv("FOLDER")
	o.outcome = map[string]func(context.Context, Job, time.Time) Outcome{"work": o.alone, "hang": hang}[what]
	k := o.keeper()
	for {
		if _, err := k.Pass(t.Context()); err == nil {
			return
		} else if !errors.Is(err, ErrBusy) {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // leave the processor to the one that works
	}
}

// alone fails where another process carries out a slot at the same time, and notes the slot.
func (o *office) alone(_ context.Context, _ Job, slot time.Time) Outcome {
	inside, err := os.OpenFile(filepath.Join(o.folder, "inside"), os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		o.t.Fatal("two at once")
	}
	inside.Close()
	ran, err := os.OpenFile(filepath.Join(o.folder, "ran"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		o.t.Fatal(err)
	}
	fmt.Fprintln(ran, slot.Format("01-02"))
	if err := errors.Join(ran.Close(), os.Remove(inside.Name())); err != nil {
		o.t.Fatal(err)
	}
	return Outcome{State: Done}
}

// hang tells its parent that it is inside, and never comes out.
func hang(context.Context, Job, time.Time) Outcome {
	fmt.Println("inside")
	io.Copy(io.Discard, os.Stdin)
	select {}
}

func TestProcessesAtOnceDoEachSlotOnce(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.CatchUp = all }))
	o.pass("2026-06-01T12:00:00Z")
	o.now = utc(t, "2026-06-21T12:00:00Z")
	var children []*exec.Cmd
	for range 4 {
		child := o.child("work")
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		children = append(children, child)
	}
	for _, child := range children {
		if err := child.Wait(); err != nil {
			t.Error(err)
		}
	}
	var want strings.Builder
	for day := 2; day <= 21; day++ {
		fmt.Fprintf(&want, "06-%02d\n", day)
	}
	ran, err := os.ReadFile(filepath.Join(o.folder, "ran"))
	if err != nil {
		t.Fatal(err)
	}
	o.expect(string(ran), want.String())
}

func TestAKilledProcessGivesItsSlotBack(t *testing.T) {
	o := open(t, "2026-06-01T12:00:00Z", daily(func(j *Job) { j.CatchUp = all }))
	o.pass("2026-06-01T12:00:00Z")
	o.now = utc(t, "2026-06-02T06:00:00Z")
	child := o.child("hang")
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan() && lines.Text() != "inside"; {
	}
	if _, err := o.keeper().Pass(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("a pass beside another ended with %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()
	o.expect(o.pass("2026-06-02T07:00:00Z"), "")
	o.expect(o.history(), "06-02T06 failed its process ended before it did")
	o.expect(o.pass("2026-06-02T07:05:00Z"), "nightly 06-02T06")
	o.expect(o.history(), "06-02T06 done")
}
