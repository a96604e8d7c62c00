package borough

import (
	"encoding/xml"
	"os"
	"time"
)

// The shapes follow the tables of the CP-IS Domain Message Specification as far as it is public; the wire format is not,
// and no conformance is claimed. Object identifiers are those of the specification.
const (
	rootUploadFile   = "2.16.840.1.113883.2.1.3.2.4.18.46"
	rootNHSNumber    = "2.16.840.1.113883.2.1.4.1"
	rootLocalID      = "2.16.840.1.113883.2.1.3.2.4.18.24"
	systemFileCode   = "2.16.840.1.113883.2.1.3.2.4.17.474"
	systemRecordCode = "2.16.840.1.113883.2.1.3.2.4.17.473"
	systemMessage    = "2.16.840.1.113883.2.1.3.2.4.17.470"
)

// hl7Time is the TS format: yyyymmddhhmmss and the offset, which must be there when hours are.
const hl7Time = "20060102150405-0700"

type instanceID struct {
	Root      string `xml:"root,attr,omitempty"`
	Extension string `xml:"extension,attr,omitempty"`
}

type valued struct {
	Value string `xml:"value,attr"`
}

type coded struct {
	Code        string `xml:"code,attr"`
	CodeSystem  string `xml:"codeSystem,attr,omitempty"`
	DisplayName string `xml:"displayName,attr,omitempty"`
}

type organisation struct {
	Code string `xml:"code,attr"`
	Name string `xml:"name,attr"`
}

type subjectID struct {
	ID instanceID `xml:"id"`
}

// fileResponse is message 02, the acknowledgement of one upload.
type fileResponse struct {
	XMLName      xml.Name            `xml:"urn:hl7-org:v3 FileResponse"`
	CreationTime valued              `xml:"creationTime"`
	ID           instanceID          `xml:"id"` // the upload's sequence number; -1 where it could not be read
	Quantity     valued              `xml:"transmissionQuantity"`
	Receiver     subjectID           `xml:"communicationFunctionRcv"` // the council, by its ODS code
	File         acknowledgement     `xml:"acknowledgementFile"`
	Records      []acknowledgedChild `xml:"acknowledgementRecord"`
}

type acknowledgement struct {
	Code coded `xml:"code"`
}

type acknowledgedChild struct {
	Code coded        `xml:"code"`
	IDs  []instanceID `xml:"id"` // NHS number as uploaded, then the council's own id
}

// accessNotification is message 05: who looked at the plans of which children.
type accessNotification struct {
	XMLName       xml.Name   `xml:"urn:hl7-org:v3 AccessNotification"`
	EffectiveTime valued     `xml:"effectiveTime"`
	ID            instanceID `xml:"id"`
	Code          coded      `xml:"code"`
	UploadFile    valued     `xml:"uploadFileId"`
	Total         valued     `xml:"totalReturnedRecords"`
	Accesses      []access   `xml:"access"`
}

type access struct {
	EffectiveTime valued    `xml:"effectiveTime"`
	Author        author    `xml:"author"`
	Patient       subjectID `xml:"patient"`
}

// author is either a person or a device, never both.
type author struct {
	Person *authorPerson `xml:"person"`
	Device *authorDevice `xml:"device"`
}

type authorPerson struct {
	JobRole      coded        `xml:"jobRole"`
	ID           instanceID   `xml:"id"`
	RoleProfile  *instanceID  `xml:"roleProfile"`
	Name         personName   `xml:"name"`
	Organisation organisation `xml:"organisation"`
}

type authorDevice struct {
	ID           instanceID        `xml:"id"`
	Organisation organisation      `xml:"organisation"`
	Nominated    []nominatedPerson `xml:"nominatedPerson"`
}

type nominatedPerson struct {
	JobRole coded      `xml:"jobRole"`
	Name    personName `xml:"name"`
}

type personName struct {
	Prefix string `xml:"prefix,omitempty"`
	Given  string `xml:"given"`
	Family string `xml:"family"`
}

// inactiveNumber is message 06: an NHS number that is no longer live, with its replacement where there is one.
type inactiveNumber struct {
	XMLName       xml.Name   `xml:"urn:hl7-org:v3 InactiveNHSNumberNotification"`
	EffectiveTime valued     `xml:"effectiveTime"`
	ID            instanceID `xml:"id"`
	Code          coded      `xml:"code"`
	Patient       subjectID  `xml:"patient"`
	Replacement   *subjectID `xml:"replacement"`
}

func nhsID(number string) subjectID { return subjectID{instanceID{rootNHSNumber, number}} }

func hl7(at time.Time) valued { return valued{at.UTC().Format(hl7Time)} }

func messageCode(code string) coded { return coded{Code: code, CodeSystem: systemMessage} }

// writeXML writes one message as one file.
func writeXML(path string, message any) error {
	b, err := xml.MarshalIndent(message, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append([]byte(xml.Header), append(b, '\n')...), 0o600)
}
