package returns

import (
	"bufio"
	"encoding/xml"
	"io"
	"iter"
	"strconv"
	"strings"
)

// CIN is what the children in need census says of itself. Dates are ISO 8601 as text; empty is left out.
type CIN struct {
	Year          int
	ReferenceDate string
	LEA           string // three digits
	DateTime      string // when the file was made, in London, without a zone
}

// censusPart is where a part of the message stands and the texts that it has, by their elements' names.
type censusPart struct {
	within []string // the elements around it, below Child
	opens  string   // its own element; empty where its texts stand right within the others
	texts  []string // in the order of the schema; those that are empty are left out
}

// censusParts are the parts of a child, by the name by which a row calls them.
func censusParts() map[string]censusPart {
	return map[string]censusPart{
		"ChildIdentifiers": {nil, "ChildIdentifiers", []string{"LAchildID", "UPN", "FormerUPN", "UPNunknown", "PersonBirthDate", "ExpectedPersonBirthDate",
			"Sex", "PersonDeathDate"}},
		"ChildCharacteristics": {nil, "ChildCharacteristics", []string{"Ethnicity"}},
		"Disability":           {[]string{"ChildCharacteristics", "Disabilities"}, "", []string{"Disability"}},
		"CINdetails": {nil, "CINdetails", []string{"CINreferralDate", "ReferralSource", "PrimaryNeedCode", "CINclosureDate", "ReasonForClosure",
			"DateOfInitialCPC"}},
		"Assessments":       {[]string{"CINdetails"}, "Assessments", []string{"AssessmentActualStartDate", "AssessmentAuthorisationDate"}},
		"AssessmentFactors": {[]string{"CINdetails", "Assessments", "FactorsIdentifiedAtAssessment"}, "", []string{"AssessmentFactors"}},
		"CINPlanDates":      {[]string{"CINdetails"}, "CINPlanDates", []string{"CINPlanStartDate", "CINPlanEndDate"}},
		"Section47":         {[]string{"CINdetails"}, "Section47", []string{"S47ActualStartDate", "InitialCPCtarget", "DateOfInitialCPC", "ICPCnotRequired"}},
		"ReferralNFA":       {[]string{"CINdetails"}, "", []string{"ReferralNFA"}},
		"ChildProtectionPlans": {[]string{"CINdetails"}, "ChildProtectionPlans", []string{"CPPstartDate", "CPPendDate", "InitialCategoryOfAbuse",
			"LatestCategoryOfAbuse", "NumberOfPreviousCPP"}},
		"CPPreviewDate": {[]string{"CINdetails", "ChildProtectionPlans", "Reviews"}, "", []string{"CPPreviewDate"}},
	}
}

// Write writes the whole message, row by row: each is the name of a part and its texts, in the order of the message. A child
// begins with its identifiers.
func (c CIN) Write(w io.Writer, rows iter.Seq2[[]string, error]) error {
	m := message{Writer: bufio.NewWriter(w)}
	m.WriteString(strings.TrimSuffix(xml.Header, "\n"))
	m.start("Message")
	m.header(c)
	m.start("Children")
	parts, children := censusParts(), len(m.open)
	for row, err := range rows {
		if err != nil {
			return err
		}
		part := parts[row[0]]
		if row[0] == "ChildIdentifiers" {
			m.child(children)
		}
		m.part(children+1, part, row[1:])
	}
	m.end(0)
	m.WriteByte('\n')
	return m.Flush()
}

func (m *message) header(c CIN) {
	m.start("Header")
	m.start("CollectionDetails")
	m.text("Collection", "CIN")
	m.text("Year", strconv.Itoa(c.Year))
	m.text("ReferenceDate", c.ReferenceDate)
	m.end(len(m.open) - 1)
	m.start("Source")
	m.text("SourceLevel", "L")
	m.text("LEA", c.LEA)
	m.text("SoftwareCode", "careshare")
	m.text("SerialNo", "001")
	m.text("DateTime", c.DateTime)
	m.end(len(m.open) - 2)
}

// child begins one after the other, with a blank line between them.
func (m *message) child(depth int) {
	if m.end(depth); !m.isBare {
		m.WriteByte('\n')
	}
	m.start("Child")
}

// part writes one below the elements at that depth.
func (m *message) part(depth int, p censusPart, texts []string) {
	shared := 0
	for shared < len(p.within) && depth+shared < len(m.open) && m.open[depth+shared] == p.within[shared] {
		shared++
	}
	m.end(depth + shared)
	for _, name := range p.within[shared:] {
		m.start(name)
	}
	if p.opens != "" {
		m.start(p.opens)
	}
	for i, name := range p.texts {
		if texts[i] != "" {
			m.text(name, texts[i])
		}
	}
}

// message writes elements on lines of their own; what goes wrong, Flush says.
type message struct {
	*bufio.Writer
	open   []string // the elements that are not ended yet, the outermost first
	isBare bool     // the innermost holds nothing yet
}

// line begins the next one.
func (m *message) line() {
	m.WriteByte('\n')
	for range m.open {
		m.WriteString("  ")
	}
	m.isBare = false
}

func (m *message) start(name string) {
	m.line()
	m.tag("<", name)
	m.open, m.isBare = append(m.open, name), true
}

// end ends the innermost elements until so many are open.
func (m *message) end(depth int) {
	for len(m.open) > depth {
		name, bare := m.open[len(m.open)-1], m.isBare
		if m.open = m.open[:len(m.open)-1]; !bare {
			m.line()
		}
		m.tag("</", name)
		m.isBare = false
	}
}

func (m *message) text(name, value string) {
	m.line()
	m.tag("<", name)
	if isPlain(value) {
		m.WriteString(value)
	} else {
		_ = xml.EscapeText(m, []byte(value))
	}
	m.tag("</", name)
}

func (m *message) tag(opening, name string) {
	m.WriteString(opening)
	m.WriteString(name)
	m.WriteByte('>')
}

// isPlain says that a text means in XML what it says: letters, digits and the like alone, as nearly all do.
func isPlain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~', c == '<', c == '>', c == '&', c == '"', c == '\'':
			return false
		}
	}
	return true
}
