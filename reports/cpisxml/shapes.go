package cpisxml

import (
	"fmt"
	"time"
)

// Object identifiers of the Child Protection Domain Message Specification.
const (
	rootUploadFile    = "2.16.840.1.113883.2.1.3.2.4.18.46"
	rootNHSNumber     = "2.16.840.1.113883.2.1.4.1"
	rootLocalID       = "2.16.840.1.113883.2.1.3.2.4.18.24"
	systemObservation = "2.16.840.1.113883.2.1.3.2.4.17.469" // CP-ISObservationType
	systemMessage     = "2.16.840.1.113883.2.1.3.2.4.17.470" // CP-ISMessageType
	instant           = "20060102150405-0700"                // TS: with hours, the zone's offset must be there
	day               = "20060102"
)

type value struct {
	Value string `xml:"value,attr"`
}

type id struct {
	Root      string `xml:"root,attr,omitempty"`
	Extension string `xml:"extension,attr"`
	Authority string `xml:"assigningAuthorityName,attr,omitempty"`
}

type code struct {
	Code   string `xml:"code,attr"`
	System string `xml:"codeSystem,attr,omitempty"`
}

type sender struct {
	Code code   `xml:"code"` // the message type
	ID   id     `xml:"id"`   // ODS code
	Name string `xml:"name,omitempty"`
}

type record struct {
	Child   *child    `xml:"childSubject"`
	Unborn  *unborn   `xml:"unbornChildSubject"`
	Sender  sender    `xml:"submitter"`
	Contact []contact `xml:"contact"`
	CPP     *block    `xml:"childProtectionPlanInformationUpload"`
	LAC     *block    `xml:"lookedAfterChildInformationUpload"`
	UCPP    *block    `xml:"unbornChildPlanInformationUpload"`
}

type child struct {
	IDs    []id   `xml:"id"`
	Person person `xml:"childPerson"`
}

// unborn carries nothing about the child: the plan is held against the mother.
type unborn struct {
	IDs    []id   `xml:"id"`
	Mother person `xml:"parentMotherPerson"`
}

type person struct {
	Given  string `xml:"name>given"`
	Family string `xml:"name>family"`
	Birth  *value `xml:"birthTime"`
}

// contact is the emergency telephone (EC, mandatory) or that of the office (WP).
type contact struct {
	Code    code    `xml:"code"`
	Telecom telecom `xml:"telecom"`
}

type telecom struct {
	Use   string `xml:"use,attr"`
	Value string `xml:"value,attr"`
}

// block is one plan: its dates, each under its own code.
type block struct {
	Code  code   `xml:"code"`
	Dates []date `xml:"component"`
}

type date struct {
	Code  code  `xml:"code"`
	Value value `xml:"value"`
}

func senderOf(p plan) sender {
	return sender{Code: code{"01", systemMessage}, ID: id{Extension: p.authorityCode}, Name: text(p.authority)}
}

func recordOf(plans []plan) record {
	p := plans[0]
	ids := []id{{Root: rootNHSNumber, Extension: p.number},
		{Root: rootLocalID, Extension: fmt.Sprint(p.person), Authority: p.authorityCode + ":" + text(p.authority)}}
	who := person{Given: p.given, Family: p.family}
	if p.birth != nil {
		who.Birth = &value{p.birth.Format(day)}
	}
	r := record{Sender: senderOf(p), Contact: []contact{{code{Code: "EC"}, telecom{"mobile", "tel:" + text(p.emergency)}}}}
	if text(p.office) != "" {
		r.Contact = append(r.Contact, contact{code{Code: "WP"}, telecom{"work", "tel:" + text(p.office)}})
	}
	for _, p := range plans {
		switch p.kind {
		case "CPP":
			r.Child, r.CPP = &child{ids, who}, blockOf(p, "CPP")
		case "LAC":
			r.Child, r.LAC = &child{ids, who}, blockOf(p, "LAC")
		case "UCPP":
			r.Unborn, r.UCPP = &unborn{ids, who}, blockOf(p, "UCP")
		}
	}
	return r
}

// blockOf names the codes of one plan type: information upload, start, end and delete date.
func blockOf(p plan, prefix string) *block {
	b := &block{Code: code{prefix + "IU", systemObservation}}
	for _, d := range []struct {
		code string
		on   *time.Time
	}{{"SD", p.started}, {"ED", p.ended}, {"DD", p.deleted}} {
		if d.on != nil {
			b.Dates = append(b.Dates, date{code{prefix + d.code, systemObservation}, value{d.on.Format(day)}})
		}
	}
	return b
}

func text(t *string) string {
	if t == nil {
		return ""
	}
	return *t
}
