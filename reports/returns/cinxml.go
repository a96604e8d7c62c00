package returns

import (
	"bufio"
	"encoding/xml"
	"io"
	"iter"
)

// CIN is what the children in need census says of itself. Dates are ISO 8601 as text; empty is left out.
type CIN struct {
	Year          int
	ReferenceDate string
	LEA           string // three digits
	DateTime      string // when the file was made, without a zone
}

// CINChild is one child of the census. The order of the fields is the order that the schema demands; a name is the same
// in XML and in the JSON that a child is read from.
type CINChild struct {
	XMLName struct{} `xml:"Child" json:"-"`

	ChildIdentifiers struct {
		LAchildID               string
		UPN                     string `xml:",omitempty"`
		FormerUPN               string `xml:",omitempty"`
		UPNunknown              string `xml:",omitempty"`
		PersonBirthDate         string `xml:",omitempty"`
		ExpectedPersonBirthDate string `xml:",omitempty"`
		Sex                     string
		PersonDeathDate         string `xml:",omitempty"`
	}
	ChildCharacteristics struct {
		Ethnicity    string `xml:",omitempty"`
		Disabilities *struct{ Disability []string }
	}
	CINdetails []CINDetail
}

// CINDetail is one case of need.
type CINDetail struct {
	CINreferralDate  string
	ReferralSource   string `xml:",omitempty"`
	PrimaryNeedCode  string `xml:",omitempty"`
	CINclosureDate   string `xml:",omitempty"`
	ReasonForClosure string `xml:",omitempty"`
	DateOfInitialCPC string `xml:",omitempty"`
	Assessments      []struct {
		AssessmentActualStartDate     string
		AssessmentAuthorisationDate   string `xml:",omitempty"`
		FactorsIdentifiedAtAssessment *struct{ AssessmentFactors []string }
	}
	CINPlanDates []struct {
		CINPlanStartDate string
		CINPlanEndDate   string `xml:",omitempty"`
	}
	Section47 []struct {
		S47ActualStartDate string
		InitialCPCtarget   string `xml:",omitempty"`
		DateOfInitialCPC   string `xml:",omitempty"`
		ICPCnotRequired    int
	}
	ReferralNFA          int
	ChildProtectionPlans []struct {
		CPPstartDate           string
		CPPendDate             string `xml:",omitempty"`
		InitialCategoryOfAbuse string `xml:",omitempty"`
		LatestCategoryOfAbuse  string `xml:",omitempty"`
		NumberOfPreviousCPP    int
		Reviews                *struct{ CPPreviewDate []string }
	}
}

// cinHeader is the head of the message.
type cinHeader struct {
	XMLName           struct{} `xml:"Header"`
	CollectionDetails struct {
		Collection    string
		Year          int
		ReferenceDate string
	}
	Source struct {
		SourceLevel, LEA, SoftwareCode, SerialNo, DateTime string
	}
}

// Write writes the whole message, child by child.
func (c CIN) Write(w io.Writer, children iter.Seq2[CINChild, error]) error {
	out := bufio.NewWriter(w)
	out.WriteString(xml.Header + "<Message>\n")
	encoder := xml.NewEncoder(out)
	encoder.Indent("  ", "  ")
	var head cinHeader
	head.CollectionDetails.Collection, head.CollectionDetails.Year, head.CollectionDetails.ReferenceDate = "CIN", c.Year, c.ReferenceDate
	head.Source.SourceLevel, head.Source.LEA, head.Source.SoftwareCode, head.Source.SerialNo, head.Source.DateTime = "L", c.LEA, "careshare", "001", c.DateTime
	if err := encoder.Encode(head); err != nil {
		return err
	}
	out.WriteString("\n  <Children>")
	encoder.Indent("    ", "  ")
	for child, err := range children {
		if err != nil {
			return err
		}
		if err := encoder.Encode(child); err != nil {
			return err
		}
		out.WriteByte('\n')
	}
	out.WriteString("  </Children>\n</Message>\n")
	return out.Flush()
}
