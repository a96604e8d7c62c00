package pipeline

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// simulatedDays is how many daily runs TestDaysOfCPIS makes where CPIS_DAYS does not say: a year of them is `make year`.
const simulatedDays = 4

// calmDays come after them: nothing new happens and nothing fails, so that what was asked can be answered.
const calmDays = 4

// simulation is a council, the far side that it talks to, and the truth that neither of them is asked about.
type simulation struct {
	*council
	random  *rand.Rand
	rate    float64 // happenings a day
	today   int
	calm    bool
	life    *lives
	nhs     *nhs
	events  map[string]int // how often each thing happened, for the record
	killOn  int            // a day on which a run is killed whatever chance says; 0 for none
	killed  int
	typical time.Duration // of a run, as the operating system's process
}

// After days of plans that begin and end, births, adoptions, errors and birthdays, of uploads that are lost, refused and
// asked for again, of accesses of every kind and workers who leave, with runs killed at any moment, the council and the NHS
// know of every child what is true, and every notification stands where it should. A killed run changes nothing: on each day
// with kills a twin goes on from the same lake unharmed, and both have the same bytes; nor does a run that is made again.
func TestDaysOfCPIS(t *testing.T) {
	t.Parallel()
	days, err := strconv.Atoi(os.Getenv("CPIS_DAYS"))
	if err != nil {
		days = simulatedDays
	}
	s := newSimulation(t, days)
	for s.today = 1; s.today <= days+calmDays; s.today++ {
		s.calm = s.today > days
		switch s.today { // most days send changes, some the whole cohort
		case days / 2:
			s.edit(t, "upload: changes ", "upload: whole ")
		case days/2 + days/4:
			s.edit(t, "upload: whole ", "upload: changes ")
		}
		s.oneDay()
		if s.today%30 == 0 {
			s.checkNotifications()
			s.checkFollowUps()
			t.Logf("day %d, %d kills: %v", s.today, s.killed, s.events)
		}
	}
	s.check()
	if s.killed == 0 {
		t.Error("no run was killed")
	}
	t.Logf("%d days, %d kills: %v", s.today-1, s.killed, s.events)
}

func newSimulation(t *testing.T, days int) *simulation {
	c := newCouncil(t, 300, "upload: whole ", "upload: changes ",
		"  - sender: community\n    folder: sources/health/community\n", "", "senders: [community]", "senders: [exchange]")
	s := &simulation{council: c, random: rand.New(rand.NewPCG(1, 1)), rate: 2, events: map[string]int{}, typical: 3 * time.Second}
	if days < 30 {
		s.rate, s.killOn = 8, 3 // so that a few days see much of it
	}
	s.now = func() time.Time { return s.day } // retention takes what is past its days, as in a lake that is used
	s.nhs = &nhs{simulation: s, loaded: map[string]string{}, number: map[string]string{}, taken: map[string]uint64{}, last: 17, accesses: map[string]string{}}
	s.settle()
	c.runs(0)
	return s
}

// oneDay: the night's answers lie in the inboxes, life goes on, the run is made, and the far side takes what it finds.
func (s *simulation) oneDay() {
	s.day = s.day.Add(24 * time.Hour)
	s.nhs.answerTraces()
	s.nhs.collect()
	if !s.calm {
		s.movesIn()
		for range s.many(s.rate) {
			s.happen()
		}
		s.nhs.tell()
	}
	s.followUps()
	s.commit()
	if s.random.IntN(10) == 0 || s.today == s.killOn {
		s.runKilled()
	} else {
		s.runs(0)
	}
	if s.today%7 == 1 {
		s.runAgain()
	}
	s.tidy()
}

// many is how often something of this rate happens in a day.
func (s *simulation) many(rate float64) int {
	n := int(rate)
	if s.random.Float64() < rate-float64(n) {
		n++
	}
	return n
}

// tidy empties the inboxes: what a run has read must not be needed again.
func (s *simulation) tidy() {
	for _, folder := range []string{"cpis/acknowledgements", "cpis/notifications", "cpis/inactive", "trace/inbox"} {
		if err := os.RemoveAll(filepath.Join(s.folder, "sources", folder)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// runKilled kills the day's run once or twice at any moment, has it made to the end, and compares with a twin that was
// not disturbed.
func (s *simulation) runKilled() {
	twin := s.twin()
	for range 1 + s.random.IntN(2) {
		command := exec.Command(program("careshare-at"), s.day.Format(time.RFC3339), "run", "--config", s.config(), "--as-at", s.day.Format(time.RFC3339))
		began := time.Now()
		if err := command.Start(); err != nil {
			s.t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(s.random.Float64()*1.1*float64(s.typical)), func() { _ = command.Process.Kill() })
		_ = command.Wait()
		if timer.Stop() { // it was faster than the kill
			s.typical = time.Since(began)
		}
		s.killed++
	}
	s.runs(0)
	twin.run("run", "--config", twin.config(), "--as-at", s.day.Format(time.RFC3339))
	sameFiles(s.t, twin.current(), s.current())
	if ours, theirs := waiting(s.world), waiting(twin); ours != theirs {
		s.t.Errorf("after a kill the outboxes hold %s, without it %s", ours, theirs)
	}
	if err := os.RemoveAll(twin.folder); err != nil {
		s.t.Fatal(err)
	}
}

// runAgain makes the day's run once more, as after a crash that came when all was published.
func (s *simulation) runAgain() {
	before, err := filepath.EvalSymlinks(s.current())
	if err != nil {
		s.t.Fatal(err)
	}
	was := waiting(s.world)
	s.runs(0)
	sameFiles(s.t, before, s.current())
	if is := waiting(s.world); is != was {
		s.t.Errorf("made again, the outboxes hold %s, before %s", is, was)
	}
}

// twin is the same world with a lake and outboxes of its own, as they are now. Snapshots are never written again, only
// removed, so that their files are shared.
func (s *simulation) twin() world {
	s.t.Helper()
	twin := s.copyOf(s.t)
	script := `cp -al "$1/lake/snapshots" "$2/lake/" && cp -a "$1/outbox" "$2/" && cd "$1/lake" && find . -mindepth 1 -maxdepth 1 ! -name snapshots -exec cp -a {} "$2/lake/" \;`
	if out, err := exec.Command("sh", "-c", script, "sh", s.folder, twin.folder).CombinedOutput(); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	return twin
}

// waiting are the names of the uploads and trace requests in the outboxes.
func waiting(w world) string {
	files, _ := filepath.Glob(filepath.Join(w.folder, "outbox", "*", "*"))
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(file))
	}
	return strings.Join(names, " ")
}

// luck draws by a name, not by the order of things, so that the far side is the same whatever else happens.
func luck(name string) *rand.Rand {
	sum := fnv.New64a()
	fmt.Fprint(sum, name)
	return rand.New(rand.NewPCG(sum.Sum64(), 1))
}
