package borough

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
)

// cpis writes what CP-IS sends back to the council: acknowledgements of its uploads, notifications of who looked at a
// child's plan, and NHS numbers that are no longer live.
type cpis struct {
	o        Options
	rng      *rand.Rand
	records  []acknowledgedChild // of the newest upload; the children on plans and looked after are few
	waiting  []access            // accesses of the notification being filled, without their moments
	messages int                 // 05 messages written, duplicates included
	inactive int                 // 06 messages written
	isTwice  bool                // a notification has been written twice
	truth    map[[2]string]int   // what is in the files, by table and code
}

// councilCode is the demo council's ODS code, as its careshare.yaml has it.
const councilCode = "999"

func writeCPIS(o Options) (writer, error) {
	for _, folder := range []string{"acknowledgements", "notifications", "inactive"} {
		if err := makeFolder(o.path("cpis", folder)); err != nil {
			return nil, fmt.Errorf("write cpis: %w", err)
		}
	}
	return &cpis{o: o, rng: rand.New(rand.NewPCG(o.Seed, 'C')), truth: map[[2]string]int{}}, makeFolder(o.path("truth"))
}

// add answers for a child whom the council uploads: on a plan or looked after, with an NHS number to upload.
func (c *cpis) add(l *life) error {
	if !l.isUploaded(c.o) {
		return nil
	}
	number := l.uploadedNumber()
	c.acknowledge(l, number)
	if err := c.followUp(l); err != nil {
		return err
	}
	for range c.rng.IntN(3) {
		c.waiting = append(c.waiting, c.access(number))
	}
	if len(c.waiting) > c.rng.IntN(5) {
		if err := c.notify(); err != nil {
			return err
		}
	}
	if l.identity == superseded {
		return c.inactivate(number, l.nhsNumber)
	}
	return nil
}

// uploadedNumber is the NHS number that the council uploaded for the child: the traced one, or what it holds where
// no trace had told it better when the file went.
func (l *life) uploadedNumber() string {
	switch {
	case l.identity == superseded, l.identity == mistypedUntraced, l.standing == "conflict":
		return l.recorded.nhsID
	case l.standing == "none":
		return ""
	}
	return l.nhsNumber
}

// acknowledge gives the child's record the answer that fits what is wrong with its number; a few that nothing is wrong
// with are refused for reasons that the council cannot see.
func (c *cpis) acknowledge(l *life, number string) {
	code := "CPR06"
	switch l.identity {
	case superseded:
		code = "CPR05"
	case sensitive:
		code = "CPR02"
	case heldNotFound, heldAlone:
		code = "CPR01"
	case wrongNumber, wrongNumberTraced, traceDisagrees, sendersDisagree:
		code = "CPR03"
	case mistypedUntraced:
		code = "CPR04"
	default:
		code = unseenRefusal(len(c.records))
	}
	c.count("acknowledgement_records", code, 1)
	c.records = append(c.records, acknowledgedChild{coded{Code: code, CodeSystem: systemRecordCode},
		[]instanceID{{rootNHSNumber, number}, {rootLocalID, strconv.FormatInt(l.personID, 10)}}})
}

// unseenRefusal refuses four of every eighty children, early ones, so that a small borough sees these codes too.
func unseenRefusal(nth int) string {
	switch nth % 80 {
	case 3:
		return "CPR04"
	case 7:
		return "CPR07"
	case 11:
		return "CPR03"
	case 15:
		return "CPR01"
	}
	return "CPR06"
}

// inactivate writes message 06: with the replacement, or for every fourth, as after an adoption, without.
func (c *cpis) inactivate(number, replacement string) error {
	c.inactive++
	message := inactiveNumber{EffectiveTime: hl7(c.moment()), ID: instanceID{Root: c.messageID()}, Code: messageCode("06"), Patient: nhsID(number)}
	kind := "without_replacement"
	if c.inactive%4 != 0 {
		to := nhsID(replacement)
		message.Replacement, kind = &to, "with_replacement"
	}
	c.count("inactive_numbers", kind, 1)
	return writeXML(c.o.path("cpis", "inactive", fmt.Sprintf("inactive-%05d.xml", c.inactive)), message)
}

// notify writes message 05 with the waiting accesses; none is normal. The first with accesses comes twice.
func (c *cpis) notify() error {
	sent := c.tell()
	message := accessNotification{EffectiveTime: hl7(sent), ID: instanceID{Root: c.messageID()}, Code: messageCode("05"),
		UploadFile: valued{strconv.Itoa(c.o.uploadAt(sent))}, Total: valued{strconv.Itoa(len(c.waiting))}, Accesses: c.waiting}
	times := 1
	switch {
	case len(c.waiting) == 0:
		c.count("access_notifications", "empty", 1)
	case !c.isTwice:
		c.isTwice, times = true, 2
		c.count("access_notifications", "repeated", len(c.waiting))
	}
	c.waiting = nil
	for range times {
		c.messages++
		if err := writeXML(c.o.path("cpis", "notifications", fmt.Sprintf("notification-%05d.xml", c.messages)), message); err != nil {
			return err
		}
	}
	return nil
}

// messageID is a UUID.
func (c *cpis) messageID() string {
	high, low := c.rng.Uint64(), c.rng.Uint64()
	return fmt.Sprintf("%08X-%04X-4%03X-A%03X-%012X", high>>32, high>>16&0xffff, high&0xfff, low>>48&0xfff, low&0xffffffffffff)
}

func (c *cpis) close() error {
	if len(c.waiting) > 0 {
		if err := c.notify(); err != nil {
			return err
		}
	}
	return errors.Join(c.notify(), c.acknowledgeUploads(), c.plantBroken(), c.writeTruth())
}

// acknowledgeUploads writes one message 02 for each of the last uploads. The newest is answered child by child; those
// before it show every other answer that a file can get.
func (c *cpis) acknowledgeUploads() error {
	var passed []acknowledgedChild
	for _, r := range c.records {
		if r.Code.Code == "CPR06" {
			passed = append(passed, r)
		}
	}
	c.count("acknowledgement_records", "CPR06", len(passed))
	return errors.Join(
		c.acknowledgeUpload(-1, newestUpload-5, -1, "CPF01", nil),
		c.acknowledgeUpload(newestUpload-4, newestUpload-4, 0, "CPF06", nil),
		c.acknowledgeUpload(newestUpload-3, newestUpload-3, 0, "CPF05", nil),
		c.acknowledgeUpload(newestUpload-2, newestUpload-2, len(c.records), "CPF04", nil),
		c.acknowledgeUpload(newestUpload-1, newestUpload-1, len(passed), "CPF02", passed),
		c.acknowledgeUpload(newestUpload, newestUpload, len(c.records), "CPF03", c.records),
	)
}

// acknowledgeUpload answers an upload on the day it went, under the sequence number that the NHS read.
func (c *cpis) acknowledgeUpload(read, upload, processed int, code string, records []acknowledgedChild) error {
	c.count("acknowledgements", code, 1)
	return writeXML(c.o.path("cpis", "acknowledgements", fmt.Sprintf("acknowledgement-%s.xml", code)), fileResponse{
		CreationTime: hl7(c.o.uploadedAt(upload)), ID: instanceID{rootUploadFile, strconv.Itoa(read)},
		Quantity: valued{strconv.Itoa(processed)}, Receiver: subjectID{instanceID{Extension: councilCode}},
		File: acknowledgement{coded{Code: code, CodeSystem: systemFileCode}}, Records: records})
}

// plantBroken writes two files that are no messages, where there are so many others that a reader's threshold for a
// source's rejects (one in a hundred) stays far off.
func (c *cpis) plantBroken() error {
	if !c.o.Errors || len(c.records)+c.messages < 800 {
		return nil
	}
	c.count("access_notifications", "broken_file", 2)
	const cut = `<?xml version="1.0" encoding="UTF-8"?><AccessNotification xmlns="urn:hl7-org:v3"><effectiveTime value="2026`
	return errors.Join(
		os.WriteFile(c.o.path("cpis", "notifications", "truncated.xml"), []byte(cut), 0o600),
		os.WriteFile(c.o.path("cpis", "notifications", "mailbox.xml"), []byte("Message not collected in 5 days\n"), 0o600))
}

func (c *cpis) count(table, code string, rows int) { c.truth[[2]string{table, code}] += rows }

// writeTruth writes truth/cpis.csv: table, code, and how many the files hold.
func (c *cpis) writeTruth() error {
	t, err := createTruth(c.o.path("truth", "cpis.csv"), "table", "code", "count")
	if err != nil {
		return err
	}
	keys := slices.SortedFunc(maps.Keys(c.truth), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	for _, k := range keys {
		err = errors.Join(err, t.write(k[0], k[1], strconv.Itoa(c.truth[k])))
	}
	return errors.Join(err, t.close())
}
