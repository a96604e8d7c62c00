package pipeline

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/load/lake"
	"careshare/pipeline/borough"
	"careshare/pipeline/command"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/reporting"
	"careshare/pipeline/scheduling"
	"careshare/pipeline/snapshot"
	"careshare/pipeline/spool"
	"careshare/reports/delivery"
	"careshare/schedules"
)

func TestWhatAPlanMayHandOver(t *testing.T) {
	t.Parallel()
	c := config.Config{Delivery: config.Delivery{Recipients: map[string]config.Recipient{"managers": {Mail: []string{"a@council.example"}}}}}
	for line, fault := range map[string]string{
		"report managers-pack week managers":      "",
		"report managers-pack day managers":       "period",
		"report managers-pack  managers":          "period",
		"report cpis day managers":                "",
		"report audit-extracts  managers":         "",
		"report person-history  managers":         "not a report that can be handed over",
		"report managers-pack week nobody":        "not among",
		"run  managers":                           "only a report",
		"verify  managers":                        "only a report",
		"report managers-pack week ":              "",
		"report managers-pack  ":                  "",
		"report managers-pack quarter ":           "period",
		"report managers-pack --period quarter  ": "period",
		"report cpis quarter ":                    "",
	} {
		words := strings.Split(line, " ")
		n := len(words)
		job := schedules.Job{Verb: words[:n-2], Period: words[n-2], Recipients: slices.DeleteFunc(words[n-1:], func(name string) bool { return name == "" })}
		err := scheduling.CheckJob(c, job, command.CommandLine)
		if (err == nil) != (fault == "") || err != nil && !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestOnlyAggregatesLeaveByMail has each report on its way to an address and to both kinds of folder.
func TestOnlyAggregatesLeaveByMail(t *testing.T) {
	t.Parallel()
	d := config.Delivery{Recipients: map[string]config.Recipient{"both": {Mail: []string{"a@council.example"}, Folder: "/plain"}, "safe": {Folder: "/safe", Identifiable: true}}}
	for _, test := range []struct {
		recipient             string
		mayAttach, aggregates bool
		want                  string
	}{
		{"both", true, true, "a@council.example true, /plain true"},
		{"both", false, true, "a@council.example false, /plain true"}, // too large for mail
		{"both", false, false, "a@council.example false, /plain false"},
		{"safe", false, false, "/safe true"},
	} {
		var got []string
		for _, h := range spool.Handovers(d, test.recipient, "id", test.mayAttach, test.aggregates) {
			got = append(got, h.Address+h.Folder+map[bool]string{true: " true", false: " false"}[h.WithFiles])
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
	for _, report := range reporting.EveryReport() {
		if ofNobody := report.Name == "managers-pack" || report.Name == config.BIAudience; report.IsAggregate != ofNobody { // numbers, and the meanings of columns
			t.Errorf("%s is thought to tell of nobody: %v", report.Name, report.IsAggregate)
		}
	}
}

// TestAReportThatRetentionTookIsSaid has a list's slot after an outage longer than its snapshot's lists are kept.
func TestAReportThatRetentionTookIsSaid(t *testing.T) {
	t.Parallel()
	w := published(t)
	from, manifest := lake.Snapshot{Path: w.current()}, w.manifest(t)
	lists := reporting.EveryReport()[slices.IndexFunc(reporting.EveryReport(), func(l reporting.Layout) bool { return l.Name == reporting.CPISName })]
	if paths, _, err := scheduling.PublishedFiles(from, manifest, lists, ""); err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	if err := os.RemoveAll(filepath.Join(from.Path, "reports", lists.Folder)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := scheduling.PublishedFiles(from, manifest, lists, ""); err == nil || !strings.Contains(err.Error(), "holds no "+reporting.CPISName) {
		t.Error(err)
	}
}

// TestAnInterruptedHandoverIsNoFailure interrupts one while its proof is made: nothing waits, and its slot is tried again.
func TestAnInterruptedHandoverIsNoFailure(t *testing.T) {
	t.Parallel()
	w := demo(t)
	settings, err := config.Read(w.config())
	if err != nil {
		t.Fatal(err)
	}
	settings.Delivery.Recipients = map[string]config.Recipient{"auditors": {Folder: t.TempDir(), Identifiable: true}}
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	by := command.SchedulerOf(&console.Console{Stderr: io.Discard, Now: time.Now}, "", "").Carrier(settings)
	slot := borough.DefaultAsAt()
	got := by.Carry(ctx, schedules.Job{Name: "proofs", Verb: []string{"report", snapshot.AuditName}, Recipients: []string{"auditors"}}, slot)
	if got.State != schedules.Due || settings.Spool().Knows(scheduling.DeliveryID("proofs", slot)) {
		t.Errorf("%+v", got)
	}
}

func TestTheDeliveryConfiguration(t *testing.T) {
	t.Parallel()
	for text, fault := range map[string]string{
		"delivery: {recipients: {m: {folder: out}}}": "",
		"delivery: {recipients: {m: {}}}":            "needs mail or folder",
		"delivery: {recipients: {m: {mail: [a@other.example]}}, mail: {server: 's:25', from: c@c.example, domains: [c.example]}}":          "mail[0]: is in none of the domains",
		"delivery: {recipients: {m: {mail: [a@c.example]}}, mail: {server: s, from: c@c.example, domains: [c.example]}}":                   "host:port",
		"delivery: {recipients: {m: {mail: [a@c.example]}}, mail: {server: 's:25', from: 'C <c@c.example>', domains: [c.example]}}":        "mail.from",
		"delivery: {recipients: {m: {mail: [a@c.example]}}, mail: {server: 's:25', from: c@c.example, user: u, domains: [c.example]}}":     "password_env",
		"delivery: {recipients: {m: {mail: [a@c.example]}}, mail: {server: 's:25', from: c@c.example, password: x, domains: [c.example]}}": "password",
		"delivery: {failures_to: [nobody]}": "unknown recipient nobody",
		"delivery: {attempts: 0}":           "attempts",
	} {
		path := filepath.Join(t.TempDir(), "careshare.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		settings := config.Default()
		_, err := config.ReadYAML(path, &settings)
		if err == nil {
			err = settings.Delivery.Validate()
		}
		if (err == nil) != (fault == "") || err != nil && !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestADigestTellsWhatWantsAPerson(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)
	waiting := []delivery.Delivery{
		{ID: "once", To: []delivery.Handover{{State: delivery.Waiting, Attempts: 1}}},
		{ID: "again", To: []delivery.Handover{{Recipient: "managers", State: delivery.Waiting, Attempts: 3, Reason: "put off"}}},
		{ID: "refused", To: []delivery.Handover{{Recipient: "board", State: delivery.Refused, Reason: "550"}, {State: delivery.Delivered}}},
		{ID: "told", Told: true, To: []delivery.Handover{{State: delivery.Refused}}},
		{ID: "digest-20261101", To: []delivery.Handover{{State: delivery.Refused}}},
	}
	slots := []schedules.Slot{
		{Job: "done", State: schedules.Done, Failures: 4, Changed: now},
		{Job: "gave-up", State: schedules.Skipped, Failures: 2, Changed: now},
		{Job: "missed", State: schedules.Skipped, Changed: now},
		{Job: "old", State: schedules.Skipped, Failures: 2, Changed: now.AddDate(0, 0, -2)},
	}
	lines, told := spool.Failures(waiting, slots, now.AddDate(0, 0, -1))
	if len(lines) != 3 || strings.Join(told, " ") != "again refused" || !strings.Contains(lines[2], "gave-up") {
		t.Errorf("%q %v", lines, told)
	}
}
