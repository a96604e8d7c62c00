package borough

import (
	"testing"
	"time"
)

// An access comes after its child's plan began and before the message that tells of it; the message before the run, and before
// whatever the case store says was done about it. Also where clocks went back meanwhile, and whatever the seed.
func TestCPISTellsOfWhatHasHappened(t *testing.T) {
	for name, o := range map[string]Options{
		"demo":         {People: 12_000, Seed: 1, AsAt: DefaultAsAt()},
		"another":      {People: 12_000, Seed: 7, AsAt: DefaultAsAt()},
		"clocks back":  {People: 3_000, Seed: 1, AsAt: time.Date(2026, 10, 26, 7, 0, 0, 0, time.UTC)},
		"clocks ahead": {People: 3_000, Seed: 1, AsAt: time.Date(2027, 3, 29, 6, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			o.To = t.TempDir()
			children := writeCPISOnly(t, o)
			checkTold(t, o, children)
			for _, holders := range children {
				for _, l := range holders {
					checkFollowedUp(t, o, l)
				}
			}
		})
	}
}

// writeCPISOnly makes the CP-IS files alone, and returns who bears each uploaded number.
func writeCPISOnly(t *testing.T, o Options) map[string][]*life {
	t.Helper()
	w, err := writeCPIS(o)
	if err != nil {
		t.Fatal(err)
	}
	children := map[string][]*life{}
	for chunk := range o.chunks() {
		if err := addAll([]writer{w}, chunk); err != nil {
			t.Fatal(err)
		}
		for _, l := range chunk {
			if l.isUploaded(o) {
				children[l.uploadedNumber()] = append(children[l.uploadedNumber()], l)
			}
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	return children
}

func checkTold(t *testing.T, o Options, children map[string][]*life) {
	told := 0
	for _, path := range files(t, o.path("cpis", "notifications")) {
		var m accessNotification
		readMessage(t, path, &m)
		sent := timeOf(t, m.EffectiveTime)
		if sent.After(o.AsAt) {
			t.Errorf("message %s is of %s, after the run", m.ID.Root, sent)
		}
		if upload := countIn(t, m.UploadFile.Value); o.uploadedAt(upload).After(sent) {
			t.Errorf("message %s of %s names upload %d, which had not gone", m.ID.Root, sent, upload)
		}
		for _, a := range m.Accesses {
			told++
			at := timeOf(t, a.EffectiveTime)
			if !at.Before(sent) || sent.Sub(at) > 25*time.Hour {
				t.Errorf("message %s of %s tells of an access of %s", m.ID.Root, sent, at)
			}
			if !isAnyKnown(children[a.Patient.ID.Extension], at) {
				t.Errorf("message %s tells of an access of %s, when nobody of its number was on a plan or looked after", m.ID.Root, at)
			}
		}
	}
	if told < 10 {
		t.Errorf("%d accesses: too few to say anything", told)
	}
}

func isAnyKnown(children []*life, at time.Time) bool {
	for _, l := range children {
		if l.isCPIS(wallClock(at)) {
			return true
		}
	}
	return false
}

func checkFollowedUp(t *testing.T, o Options, l *life) {
	f, there := l.followUp(o)
	if !there || f.step.typeID == 0 {
		return
	}
	last := wallClock(f.toldAt)
	for _, at := range []time.Time{f.step.incoming, f.step.started, f.step.cancelled, f.step.completed, o.local()} {
		if !at.IsZero() && at.Before(last) {
			t.Errorf("person %d: a step of %s, when %s had been", l.personID, at, last)
		}
		last = later(last, at)
	}
}

func timeOf(t *testing.T, v valued) time.Time {
	t.Helper()
	at, err := time.Parse(hl7Time, v.Value)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Nothing is told of a child who was born on a plan so lately that an access could be before it.
func TestUploadsNameWhoWasThereAFortnightAgo(t *testing.T) {
	o := Options{AsAt: DefaultAsAt()}
	for daysAgo, want := range map[int]bool{1: false, 14: false, 16: true} {
		l := life{personID: 1, nhsNumber: "9990000018", standing: "verified", protection: period{start: o.local().AddDate(0, 0, -daysAgo)}}
		if l.isUploaded(o) != want {
			t.Errorf("a plan of %d days: uploaded %v, want %v", daysAgo, !want, want)
		}
	}
}
