// Package cpisxml writes CP-IS uploads as XML, after the structure and codes of the Child Protection Domain Message
// Specification as far as they are public.
//
// The wire format is not public, so the files are CP-IS-shaped and no conformance is claimed. The package stands alone
// and decides nothing: to correct the format against the real specification, only its shapes need to change.
package cpisxml

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"careshare/sql"
)

// plan is one row of cpis_uploads: one plan of one child, under one sequence number.
type plan struct {
	sequence, position, count, person int64
	attempt                           int
	madeAt                            time.Time
	kind, number                      string
	family, given, authorityCode      string
	authority, office, emergency      *string
	birth, started, ended, deleted    *time.Time
}

const due = `
	select sequence_number, record_position, count_records, person_id, attempt, made_at, plan_type, nhs_number,
	    coalesce(family, ''), coalesce(given, ''), coalesce(authority_code, ''), authority_name, office_telephone, emergency_telephone,
	    birth_date, started_on, ended_on, deleted_on
	from cpis_uploads
	where is_to_send
	order by sequence_number, record_position, plan_type`

// Write writes each upload that the run sends to <to>/upload-<sequence number>-<attempt>.xml. An attempt that repeats
// another holds the same bytes.
func Write(ctx context.Context, db *sql.DB, to string) error {
	rows, err := db.QueryContext(ctx, due)
	if err != nil {
		return err
	}
	defer rows.Close()
	var open *upload
	var held []plan // the plans of one record
	for rows.Next() {
		var p plan
		if err := rows.Scan(&p.sequence, &p.position, &p.count, &p.person, &p.attempt, &p.madeAt, &p.kind, &p.number,
			&p.family, &p.given, &p.authorityCode, &p.authority, &p.office, &p.emergency, &p.birth, &p.started, &p.ended, &p.deleted); err != nil {
			return errors.Join(err, open.abandon())
		}
		if len(held) > 0 && (held[0].sequence != p.sequence || held[0].position != p.position) {
			open.record(held)
			held = held[:0]
		}
		if open == nil || open.sequence != p.sequence {
			if err := open.close(); err != nil {
				return err
			}
			if open, err = create(to, p); err != nil {
				return err
			}
		}
		held = append(held, p)
	}
	if err := rows.Err(); err != nil {
		return errors.Join(err, open.abandon())
	}
	open.record(held)
	return open.close()
}

// upload is one file being written, record by record. It keeps its first fault.
type upload struct {
	sequence int64
	file     *os.File
	buffer   *bufio.Writer
	encoder  *xml.Encoder
	written  int64
	count    int64
	err      error
}

func create(to string, first plan) (*upload, error) {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("upload-%06d-%d.xml", first.sequence, first.attempt)
	file, err := os.OpenFile(filepath.Join(to, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	u := &upload{sequence: first.sequence, file: file, buffer: bufio.NewWriter(file), count: first.count}
	_, u.err = u.buffer.WriteString(xml.Header)
	u.encoder = xml.NewEncoder(u.buffer)
	u.encoder.Indent("", "  ")
	u.token(xml.StartElement{Name: xml.Name{Local: "File"}, Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: "urn:hl7-org:v3"}}})
	u.element("creationTime", value{first.madeAt.UTC().Format(instant)})
	u.element("id", id{Root: rootUploadFile, Extension: fmt.Sprint(first.sequence)})
	u.element("transmissionQuantity", value{fmt.Sprint(first.count)})
	u.element("communicationFunctionSnd", senderOf(first))
	return u, nil
}

func (u *upload) token(t xml.Token) {
	if u.err == nil {
		u.err = u.encoder.EncodeToken(t)
	}
}

func (u *upload) element(name string, content any) {
	if u.err == nil {
		u.err = u.encoder.EncodeElement(content, xml.StartElement{Name: xml.Name{Local: name}})
	}
}

// record writes what is held of one child.
func (u *upload) record(held []plan) {
	if len(held) == 0 {
		return
	}
	u.written++
	u.element("record", recordOf(held))
}

func (u *upload) close() error {
	if u == nil {
		return nil
	}
	u.token(xml.EndElement{Name: xml.Name{Local: "File"}})
	if u.err == nil && u.written != u.count {
		u.err = fmt.Errorf("upload %d: %d records written where the table says %d", u.sequence, u.written, u.count)
	}
	if u.err == nil {
		u.err = errors.Join(u.encoder.Close(), u.buffer.WriteByte('\n'), u.buffer.Flush())
	}
	return errors.Join(u.err, u.file.Close())
}

func (u *upload) abandon() error {
	if u == nil {
		return nil
	}
	return errors.Join(u.file.Close(), os.Remove(u.file.Name()))
}
