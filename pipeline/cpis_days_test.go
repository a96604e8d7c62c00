package pipeline

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// simulatedDays is how many daily runs the simulation makes, by what is uploaded.
func simulatedDays() map[string]int { return map[string]int{"changes": 13, "whole": 4} }

// nhs is the far side: it takes uploads from the outbox, remembers what it loaded, answers in every way it can, and tells
// of accesses. What it remembers is the truth that the council's datasets must equal.
type nhs struct {
	*council
	random *rand.Rand
	loaded map[string]string // person/plan -> start, end and deletion as last loaded
	asked  map[string]bool   // files that it has been given, by name
	last   int64             // the newest sequence number taken
	told   map[string]string // message id -> state that the council must have it in
}

// uploaded is as much of an upload as the far side reads.
type uploaded struct {
	ID struct {
		Extension int64 `xml:"extension,attr"`
	} `xml:"id"`
	Quantity struct {
		Value int `xml:"value,attr"`
	} `xml:"transmissionQuantity"`
	Records []struct {
		Child  []identified `xml:"childSubject>id"`
		Mother []identified `xml:"unbornChildSubject>id"`
		CPP    *dated       `xml:"childProtectionPlanInformationUpload"`
		LAC    *dated       `xml:"lookedAfterChildInformationUpload"`
		UCPP   *dated       `xml:"unbornChildPlanInformationUpload"`
	} `xml:"record"`
}

type identified struct {
	Extension string `xml:"extension,attr"`
}

type dated struct {
	Dates []struct {
		Code struct {
			Code string `xml:"code,attr"`
		} `xml:"code"`
		Value struct {
			Value string `xml:"value,attr"`
		} `xml:"value"`
	} `xml:"component"`
}

func (d *dated) text() string {
	var said []string
	for _, on := range d.Dates {
		said = append(said, on.Code.Code[len(on.Code.Code)-2:]+on.Value.Value)
	}
	return strings.Join(said, " ")
}

// collect takes what is new in the outbox away, as the NHS's client does, and answers each file.
func (n *nhs) collect() {
	files, _ := filepath.Glob(filepath.Join(n.folder, "outbox", "cpis", "upload-*.xml"))
	slices.Sort(files)
	for _, file := range files {
		content, err := os.ReadFile(file)
		var u uploaded
		if err == nil {
			err = xml.Unmarshal(content, &u)
		}
		if err != nil {
			n.t.Fatal(err)
		}
		if u.Quantity.Value != len(u.Records) {
			n.t.Errorf("%s: %d stated, %d records", filepath.Base(file), u.Quantity.Value, len(u.Records))
		}
		isAgain := n.asked[filepath.Base(file)]
		n.asked[filepath.Base(file)] = true
		if isAgain { // the same file twice is one file
			_ = os.Remove(file)
			continue
		}
		if u.ID.Extension > n.last+1 {
			n.t.Errorf("upload %d follows %d", u.ID.Extension, n.last)
		}
		n.last = max(n.last, u.ID.Extension)
		n.answer(filepath.Base(file), u)
		_ = os.Remove(file)
	}
}

func (n *nhs) answer(file string, u uploaded) {
	at := n.day.Add(10 * time.Minute)
	name := strings.TrimSuffix(file, ".xml") + "-answer.xml"
	switch draw := n.random.IntN(10); {
	case draw == 0: // silence
	case draw == 1:
		n.put("acknowledgements", name, answered(u.ID.Extension, 0, "CPF05", at))
	case draw == 2:
		n.put("acknowledgements", name, answered(u.ID.Extension, len(u.Records), "CPF04", at))
	default:
		var refused []string
		for _, r := range u.Records {
			ids := append(r.Child, r.Mother...)
			if draw > 6 && n.random.IntN(6) == 0 {
				refused = append(refused, fmt.Sprintf("CPR03 %s %s", ids[0].Extension, ids[1].Extension))
				continue
			}
			for plan, d := range map[string]*dated{"CPP": r.CPP, "LAC": r.LAC, "UCPP": r.UCPP} {
				if d != nil {
					n.loaded[ids[1].Extension+"/"+plan] = d.text()
				}
			}
		}
		code := "CPF02"
		if len(refused) > 0 {
			code = "CPF03"
		}
		n.put("acknowledgements", name, answered(u.ID.Extension, len(u.Records), code, at, refused...))
	}
}

// tell tells of accesses to children that it has loaded, and has the council deal with some.
func (n *nhs) tell(day int) {
	people := n.query(n.t, fmt.Sprintf("select distinct person_id, nhs_number from %s order by all", n.cpis("cpis_uploads")))
	for i := range n.random.IntN(4) {
		who := people[n.random.IntN(len(people))]
		message := fmt.Sprintf("E%07d-0000-4000-A000-%012d", day, i)
		n.put("notifications", message+".xml", accessed(message, who[1], fmt.Sprintf("RX%02d%d", day, i), n.day.Add(time.Hour)))
		n.told[message] = "new"
		var person int64
		if _, err := fmt.Sscan(who[0], &person); err != nil {
			n.t.Fatal(err)
		}
		switch n.random.IntN(3) {
		case 0:
			n.day = n.day.Add(2 * time.Hour)
			n.follow(person, message, "COMPLETED", "Visit")
			n.day = n.day.Add(-2 * time.Hour)
			n.told[message] = "closed"
		case 1:
			n.follow(person, message, "INCOMING", "")
			n.told[message] = "seen"
		}
	}
}

// life changes the case store: a plan ends, a child is adopted, one comes of a plan that was an error, one is new.
func (n *nhs) life(day int) {
	switch day {
	case 3:
		n.enter("update dm_registrations set deregistration_date = ? where registration_id = (select min(registration_id) from dm_registrations where is_child_protection_plan = 'Y' and deregistration_date is null)", n.day)
	case 5: // an adoption
		n.enter("update dm_placements set is_adopted = 'Y', reason_episode_ceased = 'E11', end_date = ? where end_date is null and period_of_care_id = (select min(period_of_care_id) from dm_periods_of_care where end_date is null)", n.day)
		n.enter("update dm_periods_of_care set end_date = ? where period_of_care_id in (select period_of_care_id from dm_placements where is_adopted = 'Y' and end_date = ?)", n.day, n.day)
	case 7: // uploaded in error
		n.enter("update dm_registrations set is_child_protection_plan = 'N' where is_child_protection_plan = 'Y' and deregistration_date is null")
	case 9:
		n.enter(`insert into dm_registrations by name select 990001 as registration_id, max(person_id) as person_id, ? as registration_start_date, 'Y' as is_child_protection_plan
			from dm_persons where is_child_legacy = 'Y' and nhs_id is not null`, n.day)
	case 11: // the outbox's machine is lost with its newest delivery; the lake still has it
		outbox := filepath.Join(n.folder, "outbox", "cpis", delivered)
		content, err := os.ReadFile(outbox)
		if err != nil {
			n.t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(content)), "\n")
		if err := os.WriteFile(outbox, []byte(strings.Join(lines[:len(lines)-1], "\n")+"\n"), 0o600); err != nil {
			n.t.Fatal(err)
		}
	}
}

// After days of uploads, answers of every kind, silences, adoptions, errors and accesses, the council knows of every
// child what the NHS has loaded, and of every notification how it stands.
func TestDaysOfCPISEndAsTheNHSHasThem(t *testing.T) {
	for kind, days := range simulatedDays() {
		t.Run(kind, func(t *testing.T) {
			c := newCouncil(t, 2800, "upload: whole ", "upload: "+kind+" ")
			n := &nhs{council: c, random: rand.New(rand.NewPCG(1, uint64(len(kind)))), loaded: map[string]string{}, asked: map[string]bool{}, last: 17, told: map[string]string{}}
			c.runs(0)
			for day := range days {
				n.collect()
				n.tell(day)
				n.life(day)
				c.runs(24 * time.Hour)
			}
			n.check()
		})
	}
}

func (n *nhs) check() {
	n.t.Helper()
	found := map[string]string{}
	for _, row := range n.query(n.t, fmt.Sprintf(`
		select person_id || '/' || plan_type, 'SD' || strftime(started_on, '%%Y%%m%%d') || coalesce(' ED' || strftime(ended_on, '%%Y%%m%%d'), '')
			|| coalesce(' DD' || strftime(deleted_on, '%%Y%%m%%d'), '')
		from %s where answer = 'loaded'
		qualify row_number() over (partition by person_id, plan_type order by sequence_number desc) = 1`, n.cpis("cpis_uploads"))) {
		found[row[0]] = row[1]
	}
	for child, want := range n.loaded {
		if found[child] != want {
			n.t.Errorf("%s: the NHS has %q, the council believes %q", child, want, found[child])
		}
		delete(found, child)
	}
	if len(found) > 0 {
		n.t.Errorf("the council believes that the NHS has %v", found)
	}
	stands := map[string]string{}
	for _, row := range n.query(n.t, fmt.Sprintf("select split_part(follow_up_id, '/', 1), state from %s", n.cpis("cpis_follow_ups"))) {
		stands[row[0]] = row[1]
	}
	for message, want := range n.told {
		if stands[message] != want {
			n.t.Errorf("message %s is %q, want %q", message, stands[message], want)
		}
	}
	if len(stands) != len(n.told) || len(n.told) < 3 || len(n.loaded) < 10 {
		n.t.Errorf("%d follow-ups of %d messages, %d plans loaded", len(stands), len(n.told), len(n.loaded))
	}
}
