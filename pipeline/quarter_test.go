package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/command"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/scheduling"
	"careshare/pipeline/spool"
	"careshare/reports/delivery/mailtest"
	"careshare/schedules"

	"github.com/emersion/go-smtp"
)

const quarterPlan = `
jobs:
  - {name: nightly, cron: "0 6 * * *", job: [run], catch_up: all, attempts: 50, retry_after: 10m}
  - {name: weekly-pack, cron: "0 7 * * 1", job: [report, managers-pack], period: week, catch_up: all, attempts: 50, recipients: [managers, board]}
  - {name: monthly-pack, cron: "0 7 * * *", working_day: first, job: [report, managers-pack], period: month, catch_up: all, attempts: 50, recipients: [managers]}
  - {name: lists, cron: "0 7 * * *", job: [report, cpis], period: day, catch_up: all, attempts: 50, recipients: [safeguarding, managers]}
`

const quarterDelivery = `
delivery:
  recipients:
    managers: {mail: [head@council.example, Deputy@council.example]}
    board: {folder: board}
    safeguarding: {folder: safeguarding, identifiable: true}
    operators: {mail: [operators@council.example]}
  failures_to: [operators]
  attempts: 40
  retry_after: 5m
  mail: {server: %q, from: careshare@council.example, ca_file: %q, domains: [council.example], user: careshare, password_env: CARESHARE_TEST_MAIL}
`

// quarter is three months of a council's schedule: machines that stop, processes that die, a mail server that has its days.
// Each night has a copy of one snapshot; nightly runs of a long time are the year of CP-IS.
type quarter struct {
	*clock
	server *mailtest.Server
	random *rand.Rand
	deaths int
}

// TestAQuarterOfReports has each weekly pack, monthly pack and daily list handed over exactly once, each speaking for its own
// time.
func TestAQuarterOfReports(t *testing.T) {
	t.Parallel()
	q := theQuarter(t)
	from, to := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	q.pass(from)
	digests := 0
	for now := from; now.Before(to); now = now.Add(time.Duration(60+q.random.IntN(180)) * time.Minute) {
		if now.Before(to.AddDate(0, 0, -5)) { // the last days are calm, for what is late
			q.weather(now)
			if q.random.IntN(40) == 0 {
				now = now.Add(time.Duration(q.random.IntN(80)) * time.Hour) // an outage
			}
		}
		q.pass(now)
	}
	took := map[string]int{}
	for _, m := range q.server.Messages() {
		took[m.Header.Get("Message-ID")]++
		if strings.Contains(m.Header.Get("Message-ID"), spool.DigestPrefix) {
			digests++
		}
		if strings.Contains(m.Header.Get("Subject"), "cpis") && strings.Contains(string(m.Raw), "filename") {
			t.Error("a list of people left by mail")
		}
	}
	for id, times := range took {
		if times != 1 {
			t.Errorf("%s arrived %d times", id, times)
		}
	}
	t.Logf("%d messages, %d digests, %d deaths", len(took), digests, q.deaths)
	if want := 13*2 + 3*2 + 92*2; len(took)-digests != want {
		t.Errorf("%d reports arrived by mail, not %d", len(took)-digests, want)
	}
	if digests == 0 || digests > 40 || q.deaths < 10 {
		t.Errorf("%d digests in %d days, %d deaths", digests, 92, q.deaths)
	}
	q.count("board", 13)
	q.count("safeguarding", 92)
	q.speakForTheirTime()
}

func theQuarter(t *testing.T) *quarter {
	q := &quarter{clock: &clock{T: t, world: published(t)}, server: mailtest.Serve(t, true), random: rand.New(rand.NewPCG(4, 2026))}
	environment(t, "CARESHARE_TEST_MAIL", mailtest.Password)
	q.write("schedules.yaml", quarterPlan)
	config, err := os.ReadFile(q.config())
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(config), "\ndelivery:")
	_, after, _ := strings.Cut(string(config), "\ncontact_roles:")
	q.write("careshare.yaml", before+fmt.Sprintf(quarterDelivery, q.server.Address, q.server.CAFile)+"\ncontact_roles:"+after)
	return q
}

// weather is how the mail server feels today.
func (q *quarter) weather(now time.Time) {
	var does mailtest.Behaviour
	switch now.YearDay() % 9 {
	case 2:
		does.OnRecipient = func(string) error { return &smtp.SMTPError{Code: 451, Message: "later"} }
	case 5:
		does.OnData = func(conn net.Conn, attempt int) error {
			if attempt%2 == 0 {
				return nil
			}
			conn.Close()
			return mailtest.ErrDropped
		}
	}
	q.server.Do(does)
}

// pass is a process of its own, which may die before, in the middle of, and after a slot; it ends with no chance to say so.
func (q *quarter) pass(now time.Time) {
	q.Helper()
	con := &console.Console{Stderr: &q.stderr, Now: func() time.Time { return now }}
	keeper, config, err := command.SchedulerOf(con, q.config(), "").Keeper()
	if err != nil {
		q.Fatal(err)
	}
	carry := keeper.Carry
	keeper.Carry = func(ctx context.Context, job schedules.Job, slot time.Time) schedules.Outcome {
		q.mayDie()
		if job.Verb[0] == "run" {
			q.copySnapshot(slot)
			return schedules.Outcome{State: schedules.Done}
		}
		outcome := carry(ctx, job, slot)
		q.mayDie()
		return outcome
	}
	done := make(chan error, 1)
	go func() {
		alive := false
		defer func() {
			if !alive {
				done <- nil
			}
		}()
		_, err := keeper.Pass(q.Context())
		q.mayDie()
		if err == nil {
			_, err = spool.HandOverDue(q.Context(), con, config, keeper.Ledger.History())
		}
		alive = true
		done <- err
	}()
	if err := <-done; err != nil {
		q.Fatalf("at %s: %v\n%s", now, err, q.stderr.String())
	}
}

func (q *quarter) mayDie() {
	if q.random.IntN(12) == 0 {
		q.deaths++
		runtime.Goexit()
	}
}

// copySnapshot gives the lake another snapshot with the reports of the first.
func (q *quarter) copySnapshot(slot time.Time) {
	from, err := filepath.EvalSymlinks(q.current())
	if err != nil {
		q.Error(err)
		return
	}
	id := slot.UTC().Format("20060102T150405Z")
	to := filepath.Join(q.lake(), "snapshots", id)
	if _, err := os.Stat(filepath.Join(to, "manifest.json")); err == nil {
		return
	}
	snapshot := lake.Snapshot{ID: filepath.Base(from), Path: from}
	manifest, err := snapshot.Manifest()
	if err != nil {
		q.Error(err)
		return
	}
	manifest.Run, manifest.AsAt = id, slot.UTC()
	for _, file := range manifest.Outputs {
		if strings.HasPrefix(file.Path, "reports/") {
			_ = os.MkdirAll(filepath.Join(to, filepath.Dir(file.Path)), 0o700)
			_ = os.Link(filepath.Join(from, file.Path), filepath.Join(to, file.Path))
		}
	}
	content, err := json.Marshal(manifest)
	if err == nil {
		err = os.WriteFile(filepath.Join(to, "manifest.json"), content, 0o600)
	}
	if err != nil {
		q.Error(err)
	}
}

func (q *quarter) count(folder string, want int) {
	q.Helper()
	entries, err := os.ReadDir(filepath.Join(q.folder, folder))
	if err != nil || len(entries) != want {
		q.Errorf("%s holds %d reports, not %d (%v)", folder, len(entries), want, err)
	}
}

// speakForTheirTime holds every delivery's snapshot to the period of its slot.
func (q *quarter) speakForTheirTime() {
	q.Helper()
	keeper := q.at("2027-01-01T00:00:00Z")
	spool := func() config.Config { c, _ := config.Read(q.config()); return c }().Spool()
	slots := 0
	for _, slot := range keeper.Ledger.History() {
		if slot.State != schedules.Done {
			q.Errorf("%s %s is %s: %s", slot.Job, slot.At, slot.State, slot.Reason)
		}
		if slot.Job == "nightly" {
			continue
		}
		slots++
		done, err := spool.Done(scheduling.DeliveryID(slot.Job, slot.At))
		if err != nil || len(done) != 1 {
			q.Errorf("%s %s: %d records, %v", slot.Job, slot.At, len(done), err)
			continue
		}
		asAt, err := time.Parse("20060102T150405Z", done[0].Snapshot)
		if err != nil {
			q.Fatal(err)
		}
		for _, job := range keeper.Plan.Jobs {
			_, want, _ := job.Covers(slot.At)
			if _, got, _ := job.Covers(asAt); job.Name == slot.Job && !got.Equal(want) {
				q.Errorf("%s %s was made from snapshot %s", slot.Job, slot.At, done[0].Snapshot)
			}
		}
	}
	if slots != 13+3+92 {
		q.Errorf("%d slots of reports, not %d", slots, 13+3+92)
	}
}
