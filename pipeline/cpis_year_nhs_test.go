package pipeline

import (
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/pipeline/flow"
)

// nhs is the far side: it takes uploads from the outbox, remembers what it loaded, answers in every way it can, tells of
// accesses and of numbers no longer live, and traces. What it remembers is what the council must believe it has.
type nhs struct {
	*simulation
	loaded    map[string]string // person/plan -> start, end and deletion as last loaded
	number    map[string]string // person/plan -> NHS number that it was loaded under
	taken     map[string]uint64 // files that it has been given, by name, with their hash
	last      int64             // the newest sequence number taken
	accesses  map[string]string // every access that it told of: message/position -> NHS number
	sent      int               // messages so far
	postponed []func()          // what is put into the inbox tomorrow
}

// uploaded is as much of an upload as the far side reads.
type uploaded struct {
	CreationTime struct {
		Value string `xml:"value,attr"`
	} `xml:"creationTime"`
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

// collect takes what is new in the outbox away, as the NHS's client does, and answers each file. What went astray in the
// outbox's own list is delivered again, and is the same file.
func (n *nhs) collect() {
	for _, later := range n.postponed {
		later()
	}
	n.postponed = nil
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
		n.remove(file)
		name, sum := filepath.Base(file), fnv.New64a()
		_, _ = sum.Write(content)
		if before, again := n.taken[name]; again {
			if before != sum.Sum64() {
				n.t.Errorf("%s came again with other content", name)
			}
			continue
		}
		n.taken[name] = sum.Sum64()
		if u.Quantity.Value != len(u.Records) || u.ID.Extension > n.last+1 {
			n.t.Errorf("%s: %d stated, %d records; the last was %d", name, u.Quantity.Value, len(u.Records), n.last)
		}
		n.last = max(n.last, u.ID.Extension)
		n.answer(name, u)
	}
	if !n.calm && luck(fmt.Sprint("outbox", n.today)).IntN(40) == 0 {
		n.loseList()
	}
}

func (n *nhs) answer(file string, u uploaded) {
	random := luck(file)
	at := n.day.Add(-24*time.Hour + 10*time.Minute)
	name := strings.TrimSuffix(file, ".xml") + "-answer.xml"
	draw := random.IntN(12)
	if n.calm {
		draw = 11
	}
	switch draw {
	case 0:
		n.events["silence"]++
		return
	case 1:
		n.events["asked again"]++
		n.put("acknowledgements", name, answered(u.ID.Extension, 0, "CPF05", at))
		return
	case 2:
		n.events["nothing loaded"]++
		n.put("acknowledgements", name, answered(u.ID.Extension, len(u.Records), "CPF04", at))
		return
	case 3:
		n.put("acknowledgements", "theirs-"+name, strings.Replace(answered(u.ID.Extension, len(u.Records), "CPF04", at), "<acknowledgementFile>",
			`<communicationFunctionRcv><id extension="706"/></communicationFunctionRcv><acknowledgementFile>`, 1))
	case 4:
		n.put("acknowledgements", "early-"+name, answered(u.ID.Extension, len(u.Records), "CPF04", at.Add(-time.Hour)))
	case 5:
		n.put("acknowledgements", "never-"+name, answered(u.ID.Extension+500, len(u.Records), "CPF02", at))
	}
	said := answered(u.ID.Extension, len(u.Records), "CPF03", at, n.load(u, draw < 6)...)
	n.put("acknowledgements", name, said)
	if draw == 6 {
		n.put("acknowledgements", "again-"+name, said)
	}
}

// load takes each record that it can, and says of each other why not; sometimes it refuses one for no reason of ours.
func (n *nhs) load(u uploaded, isMoody bool) (refused []string) {
	for i, r := range u.Records {
		ids := append(r.Child, r.Mother...)
		number, id := ids[0].Extension, ids[1].Extension
		code := n.judge(number, id, u.CreationTime.Value)
		if code == "" && isMoody && luck(fmt.Sprint(u.ID.Extension, i)).IntN(6) == 0 {
			code = []string{"CPR03", "CPR07", "CPR01"}[i%3]
		}
		if code != "" {
			n.events["record "+code]++
			refused = append(refused, fmt.Sprintf("%s %s %s", code, number, id))
			continue
		}
		for plan, d := range map[string]*dated{"CPP": r.CPP, "LAC": r.LAC, "UCPP": r.UCPP} {
			if d != nil {
				n.loaded[id+"/"+plan], n.number[id+"/"+plan] = d.text(), number
			}
		}
	}
	return refused
}

// judge says what is wrong with a number, or nothing. It is an error to be sent one that was said to be no longer live.
func (n *nhs) judge(number, id, made string) string {
	for _, p := range slices.Concat(n.life.people, n.life.mothers) {
		switch {
		case fmt.Sprint(p.id) != id:
		case p.isSensitive:
			return "CPR02"
		case number == p.was:
			return "CPR05"
		case number != p.number:
			n.t.Errorf("day %d: person %s is sent under a number that never was theirs", n.today, id)
			return "CPR01"
		case !p.inactive.IsZero():
			if made >= ts(p.inactive) {
				n.t.Errorf("day %d: person %s is sent after the notice that the number is no longer live", n.today, id)
			}
			return "CPR01"
		default:
			return ""
		}
	}
	n.t.Errorf("day %d: person %s is nobody", n.today, id)
	return "CPR01"
}

// inactive tells that a number is no longer live.
func (n *nhs) inactive(number, replacement string) {
	n.sent++
	message, with := fmt.Sprintf("D0000000-0000-4000-A000-%012d", n.sent), ""
	if replacement != "" {
		with = fmt.Sprintf(`<replacement><id root="2.16.840.1.113883.2.1.4.1" extension="%s"/></replacement>`, replacement)
	}
	n.put("inactive", message+".xml", fmt.Sprintf(`<InactiveNHSNumberNotification xmlns="urn:hl7-org:v3"><effectiveTime value="%s"/><id root="%s"/>
<code code="06" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.470"/><patient><id root="2.16.840.1.113883.2.1.4.1" extension="%s"/></patient>%s</InactiveNHSNumberNotification>`,
		ts(n.day.Add(-2*time.Hour)), message, number, with))
}

// answerTraces answers what the council asked the trace service last: of ours the true number, of others nothing.
func (n *nhs) answerTraces() {
	files, _ := filepath.Glob(filepath.Join(n.folder, "outbox", "trace", "*.csv"))
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			n.t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
		if err != nil {
			n.t.Fatal(err)
		}
		var said []map[string]string
		for _, row := range rows[1:] {
			reference, held := row[0], row[1]
			for _, p := range slices.Concat(n.life.people, n.life.mothers) {
				if !strings.HasPrefix(reference, fmt.Sprint(p.id, "-")) || p.number == "" {
					continue
				}
				code := "00"
				if held != p.number && held != "" {
					code = "90"
				}
				said = append(said, map[string]string{"UNIQUE REFERENCE": reference, "LOCAL_PATIENT_ID": fmt.Sprint(p.id), "REQ_NHS_NUMBER": held,
					"AS_AT_DATE": n.day.Add(-3 * time.Hour).Format("200601021504"), "ERROR/SUCCESS_CODE": code, "MATCHED_NHS_NO": p.number})
			}
		}
		n.remove(file)
		if len(said) > 0 {
			folder := filepath.Join(n.folder, "sources", "trace", "inbox")
			if err := os.MkdirAll(folder, 0o700); err != nil {
				n.t.Fatal(err)
			}
			n.answerIn(n.t, filepath.Join(folder, "answers-"+filepath.Base(file)), said...)
		}
	}
}

// loseList takes the newest line from the outbox's own list, as where its machine was lost; the lake still has the file.
func (n *nhs) loseList() {
	list := filepath.Join(n.folder, "outbox", "cpis", flow.Delivered)
	content, err := os.ReadFile(list)
	if err != nil {
		n.t.Fatal(err)
	}
	n.events["outbox lost"]++
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	if err := os.WriteFile(list, []byte(strings.Join(lines[:len(lines)-1], "\n")+"\n"), 0o600); err != nil {
		n.t.Fatal(err)
	}
}
