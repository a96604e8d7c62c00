package cpis

import (
	"strings"
	"time"

	"careshare/extract/inbox"
)

func accessColumns() [][]inbox.Column {
	return [][]inbox.Column{
		inbox.Texts("file", "message_id"), inbox.Instants("sent_at"),
		inbox.Integers("upload_sequence_number", "access_position"), inbox.Instants("accessed_at"),
		inbox.Texts("author_kind", "author_name", "job_role_code", "job_role", "user_id",
			"organisation_code", "organisation_name", "nominated_people", "nhs_number"),
	}
}

// readNotification reads message 05, who looked at which child's information. One without any access is normal and
// gives one row, of position 0.
func readNotification(file string, r *reader, london *time.Location, tables []*inbox.Table) error {
	if err := r.root("AccessNotification"); err != nil {
		return err
	}
	var about envelope
	var upload, stated, found int64
	head := func(header element) error {
		f := fields{london: london}
		about = f.envelope(header, "05")
		upload = f.integer(f.one(header, "uploadFileId"), "value")
		stated = f.integer(f.one(header, "totalReturnedRecords"), "value")
		return f.whole()
	}
	err := walk(r, "access", head, func(e element, position int64) error {
		found = position
		f := fields{london: london}
		at, by := f.instant(f.one(e, "effectiveTime")), f.author(e)
		number := f.nhsNumber(f.one(e, "patient"))
		taken(tables[0], file, r, e, position, f.fault, file, about.id, about.sent, upload, position, at,
			by.kind, by.name, by.roleCode, by.role, by.id, by.organisationCode, by.organisation, by.nominated, number)
		return nil
	})
	if err == nil && found != stated {
		return inbox.Fault{Column: "totalReturnedRecords", Rule: "count differs from the records"}
	}
	if err == nil && found == 0 {
		tables[0].Add(file, about.id, about.sent, upload, found, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil)
	}
	return err
}

// author is the person, or the device with its nominated people, that looked.
type author struct {
	kind, name, roleCode, role, id, organisationCode, organisation, nominated string
}

func (f *fields) author(access element) author {
	e := f.one(access, "author")
	person, device := f.maybe(e, "person"), f.maybe(e, "device")
	if (person.to > 0) == (device.to > 0) {
		f.fail(e.line, "author", "neither a person nor a device")
		return author{}
	}
	if device.to > 0 {
		return f.device(device)
	}
	a := author{kind: "person", name: f.name(person), id: f.required(f.one(person, "id"), "extension")}
	a.roleCode, a.role = f.role(person)
	a.organisationCode, a.organisation = f.organisation(person)
	return a
}

func (f *fields) device(e element) author {
	a := author{kind: "device", id: f.required(f.one(e, "id"), "extension")}
	a.organisationCode, a.organisation = f.organisation(e)
	people := all(e, "nominatedPerson")
	if len(people) == 0 {
		f.fail(e.line, "nominatedPerson", "missing element")
	}
	var nominated []string
	for _, person := range people {
		_, role := f.role(person) // may carry the safeguarding lead's name and telephone number
		nominated = append(nominated, f.name(person)+" ("+role+")")
	}
	a.nominated = strings.Join(nominated, "; ")
	return a
}

func (f *fields) role(e element) (code, name string) {
	role := f.one(e, "jobRole")
	return f.required(role, "code"), f.required(role, "displayName")
}

func (f *fields) organisation(e element) (code, name string) {
	organisation := f.one(e, "organisation")
	return f.required(organisation, "code"), f.required(organisation, "name")
}

// name is prefix, given names and family name, in that order.
func (f *fields) name(e element) string {
	name := f.one(e, "name")
	family := f.one(name, "family").text
	if family == "" || len(all(name, "given")) == 0 {
		f.fail(name.line, "name", "missing element")
	}
	parts := []string{f.maybe(name, "prefix").text}
	for _, given := range all(name, "given") {
		parts = append(parts, given.text)
	}
	return strings.Join(strings.Fields(strings.Join(append(parts, family), " ")), " ")
}
