package returns

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
)

// Each part stands within its own elements, a text that is empty is left out, and what XML takes for its own is escaped as
// encoding/xml does.
func TestCensusIsWrittenPartByPart(t *testing.T) {
	t.Parallel()
	odd := "<&>\"'\t\n é\x01"
	rows := [][]string{
		{"ChildIdentifiers", "1", "", odd}, {"ChildCharacteristics", ""}, {"CINdetails", "2026-04-15"},
		{"Assessments", "2026-04-15"}, {"AssessmentFactors", "18B"}, {"AssessmentFactors", "4B"}, {"Assessments", "2026-05-15"}, {"ReferralNFA", "0"},
		{"ChildIdentifiers", "2"}, {"ChildCharacteristics", "WBRI"}, {"Disability", "NONE"}, {"CINdetails", "2026-04-16"},
	}
	var out, escaped bytes.Buffer
	err := CIN{Year: 2027}.Write(&out, func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(append(row, slices.Repeat([]string{""}, 9-len(row))...), nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.EscapeText(&escaped, []byte(odd)); err != nil {
		t.Fatal(err)
	}
	_, children, _ := strings.Cut(out.String(), "  <Children>\n")
	if want := strings.Replace(censusOfTwo, "ODD", escaped.String(), 1); children != want {
		t.Errorf("wrote\n%s", children)
	}
}

// censusOfTwo is what must be written of both children; ODD is the odd text, escaped.
const censusOfTwo = `    <Child>
      <ChildIdentifiers>
        <LAchildID>1</LAchildID>
        <FormerUPN>ODD</FormerUPN>
      </ChildIdentifiers>
      <ChildCharacteristics></ChildCharacteristics>
      <CINdetails>
        <CINreferralDate>2026-04-15</CINreferralDate>
        <Assessments>
          <AssessmentActualStartDate>2026-04-15</AssessmentActualStartDate>
          <FactorsIdentifiedAtAssessment>
            <AssessmentFactors>18B</AssessmentFactors>
            <AssessmentFactors>4B</AssessmentFactors>
          </FactorsIdentifiedAtAssessment>
        </Assessments>
        <Assessments>
          <AssessmentActualStartDate>2026-05-15</AssessmentActualStartDate>
        </Assessments>
        <ReferralNFA>0</ReferralNFA>
      </CINdetails>
    </Child>

    <Child>
      <ChildIdentifiers>
        <LAchildID>2</LAchildID>
      </ChildIdentifiers>
      <ChildCharacteristics>
        <Ethnicity>WBRI</Ethnicity>
        <Disabilities>
          <Disability>NONE</Disability>
        </Disabilities>
      </ChildCharacteristics>
      <CINdetails>
        <CINreferralDate>2026-04-16</CINreferralDate>
      </CINdetails>
    </Child>
  </Children>
</Message>
`
