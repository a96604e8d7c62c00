package reports

import (
	"bytes"
	dbsql "database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"careshare/reports/pagetest"
)

func valid(n float64) dbsql.NullFloat64 { return dbsql.NullFloat64{Float64: n, Valid: true} }

// cell is one published number; below nought it is suppressed.
func cell(name, breakdown, category, within, measure string, n float64) figure {
	return figure{figure: name, breakdown: breakdown, category: category, within: within, measure: measure,
		value: dbsql.NullFloat64{Float64: n, Valid: n >= 0}, previousStatus: "not available"}
}

// somePack is a pack of hostile team names, with a suppressed number, a table of nothing else, a trend with each kind of point
// and a trend too short for limits.
func somePack() ManagersPack {
	var figures []figure
	for i, name := range hostile {
		figures = append(figures, cell("open_episodes", "team", name, "all", "open", float64((i+1)*1000)), cell("open_episodes", "team", name, "all", "opened in the month", -1),
			cell("open_episodes", "team", name, "all", "opened in the year", float64(i+10)), cell("open_episodes", "team", name, "all", "closed in the month", -1))
	}
	figures = append(figures, cell("open_episodes", "all", "all", "", "open", 55000), cell("cpis_accesses", "time of day", "1 night, 00:00 to 08:00", "", "children seen", -1),
		cell("cpis_accesses", "time of day", "2 day, 08:00 to 16:00", "", "children seen", -1))
	full := Trend{Series: "Open <b>episodes</b>", Unit: "count", Better: "down", Spacing: "month", Variation: "concern", Assurance: "hit and miss", Points: 14,
		Mean: valid(20), Lower: valid(0), Upper: valid(44.5), Target: valid(10), IsClipped: true}
	for i := range 14 {
		p := TrendPoint{On: time.Date(2025, time.Month(i+1), 1, 0, 0, 0, 0, time.UTC), Value: valid(float64(12 + i%5)), Variation: "common cause"}
		switch i {
		case 3:
			p.Value.Valid = false
		case 9:
			p.Variation, p.Rules = "improvement", []string{"2 of 3 near a limit"}
		case 10:
			p.Variation = "neutral, up"
		case 13:
			p.Value, p.Variation, p.Rules = valid(60), "concern", []string{"outside the limits"}
		}
		full.Rows = append(full.Rows, p)
	}
	short := Trend{Series: "Short", Unit: "percent", Better: "up", Spacing: "week", Variation: "too few points", Assurance: "too few points", Points: 2, Target: valid(95),
		Rows: []TrendPoint{{On: time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC), Value: valid(50)}, {On: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Value: valid(51.5)}}}
	none := Trend{Series: "None", Unit: "count", Spacing: "week", Variation: "too few points", Assurance: "no target", Points: 1, Rows: short.Rows[:1]}
	return ManagersPack{
		About: someAbout, Council: "Council of <script>", RoundTo: 5, Span: Span{Period: "month", Words: "The month from 1 October 2026 to 31 October 2026"},
		Headlines: []Line{
			{Part: "headline", Title: "Looked at", Unit: "percent", Better: "up", Status: "misses target", Value: valid(50), OutOf: valid(180), Percent: valid(27.8), PreviousPercent: valid(20), Change: valid(7.8), Target: valid(100)},
			{Part: "headline", Title: "Overdue", Unit: "count", Better: "down", Status: "misses target", Value: valid(125), OutOf: valid(165), Change: valid(5), Target: valid(0)},
			{Part: "headline", Title: "Matched", Unit: "percent", Better: "up", Status: "meets target", Value: valid(96), OutOf: valid(100), Percent: valid(96), Change: valid(0), Target: valid(95)},
			{Part: "headline", Title: "Open", Unit: "count", Better: "neutral", Status: "no target", Value: valid(8000), Change: valid(-10)},
			{Part: "headline", Title: "Few", Unit: "count", Status: "too few to show"},
			{Part: "headline", Title: "Missing", Unit: "count", Status: "not available"},
		},
		Actions: []Line{
			{Part: "action", Title: "Look", Unit: "count", Value: valid(130), Status: "action needed"},
			{Part: "action", Title: "Look", Unit: "count", Value: valid(30), Status: "action needed", Team: hostile[3]},
			{Part: "action", Title: "Look", Unit: "count", Value: valid(20), Status: "action needed", Team: "North"},
		},
		Changes: []Line{{Part: "change", Title: "Open", Unit: "count", Value: valid(8000), Change: valid(-10), Status: "changed", Words: "most in North: down 10"}},
		Quality: []Line{{Part: "data quality", Title: "Rows that could not be read", Unit: "count", Value: valid(8), OutOf: valid(900), Status: "no target", Words: "most from x"}},
		Trends:  []Trend{full, short, none}, Views: viewsOf(figures, "month"),
		Definitions: []Definition{{Figure: "open_episodes", Why: "whether names harm", Numerator: "what is counted here", KnownLimits: "what it does not say", Model: "sql/figures/open_episodes.sql", Query: "select '<script>'"}},
	}
}

func packPage(t *testing.T, p ManagersPack) string {
	t.Helper()
	var out bytes.Buffer
	if err := p.WritePage(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func packBook(t *testing.T, p ManagersPack) *excelize.File {
	t.Helper()
	var out, again bytes.Buffer
	if err := p.WriteWorkbook(&out, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if err := p.WriteWorkbook(&again, t.TempDir()); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Errorf("two workbooks of one pack differ (%v)", err)
	}
	if !bytes.Contains(out.Bytes(), []byte("xl/charts/chart2.xml")) || bytes.Contains(out.Bytes(), []byte("xl/charts/chart3.xml")) {
		t.Error("the workbook has not one chart for each series that can be drawn")
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// The first screen answers: each headline with its change, target and status in words, what to do and who, and data quality.
func TestThePackAnswersFirst(t *testing.T) {
	page := packPage(t, somePack())
	for _, bad := range []string{"<script", "<b>episodes", "src=", "url(", "@import"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	if n := strings.Count(page, `class="tile `); n != 6 {
		t.Errorf("%d headlines", n)
	}
	for _, want := range []string{"28%", "50 of 180", "▲ up 8 points: better", "Misses the target of 100%", "▲ up 5: worse", "Misses the target of 0", "Meets the target of 95%", "No change in a month",
		"▼ down 10", "Too few to show", "Not available", `<span class="tag todo">130</span> Look. Most: &lt;script&gt;alert(1)&lt;/script&gt; 30, North 20.`, "Open: down 10; most in North: down 10.",
		"Rows that could not be read: 8 of 900; most from x.", "Zoë O’Brien-Ångström 李", "Drawn from the second pack on: None."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if packPage(t, somePack()) != page {
		t.Error("two pages of one pack differ")
	}
}

// A month in which most numbers are hidden gives way to twelve months; a table of shorthand alone is not shown.
func TestNoTableIsAGridOfShorthand(t *testing.T) {
	p := somePack()
	page := packPage(t, p)
	if !strings.Contains(page, "By team, in the last twelve months") || !strings.Contains(page, "None, or too few to show: When children were seen in the last 28 days") {
		t.Error("the page shows what nobody can read")
	}
	for _, table := range regexp.MustCompile(`(?s)<tbody>(.*?)</tbody>`).FindAllStringSubmatch(page, -1) {
		if strings.Contains(table[1], "[c]") && !regexp.MustCompile(`class="n">[1-9]`).MatchString(table[1]) {
			t.Errorf("a table of shorthand alone: %s", table[1])
		}
	}
}

// No axis has a quarter of a person; a suppressed point is a gap; each kind of point has a shape of its own.
func TestTrendsAreDrawnAsTheyAre(t *testing.T) {
	p := somePack()
	for _, trend := range p.Trends[:2] {
		svg := string(trend.SVG())
		labels := regexp.MustCompile(`text-anchor="end">([0-9,.-]+)%?</text>`).FindAllStringSubmatch(svg, -1)
		if len(labels) < 3 {
			t.Errorf("%s: %d lines", trend.Series, len(labels))
		}
		for _, label := range labels {
			if _, err := strconv.Atoi(strings.ReplaceAll(label[1], ",", "")); err != nil {
				t.Errorf("%s: the axis says %s", trend.Series, label[1])
			}
		}
	}
	svg := string(p.Trends[0].SVG())
	if gaps := strings.Count(regexp.MustCompile(`class="line" d="([^"]*)"`).FindStringSubmatch(svg)[1], "M"); gaps != 2 {
		t.Errorf("a line of %d pieces, want 2", gaps)
	}
	for shape, want := range map[string]int{`<rect class="concern"`: 1, `<path class="improvement"`: 1, `<path class="neutral"`: 1, `<circle class="common"`: 10, `class="limit"`: 2, `class="target"`: 1} {
		if got := strings.Count(svg, shape); got != want {
			t.Errorf("%s: %d, want %d", shape, got, want)
		}
	}
	if words := p.Trends[0].Words(); words != "Special cause: concern. The target may be met or missed. Limits stop at what is possible." {
		t.Error(words)
	}
	if words := p.Trends[1].Words(); words != "No limits yet: 2 points of the 12 that they need." {
		t.Error(words)
	}
}

func TestAxesStepInWholeNumbers(t *testing.T) {
	for span, want := range map[float64]float64{0: 1, 0.4: 1, 3: 1, 7: 2, 18: 5, 41: 20, 430: 200, 1000: 500} {
		if got := wholeStep(span); got != want {
			t.Errorf("%v: %v, want %v", span, got, want)
		}
	}
}

// Page and workbook have the same numbers: each cell of each table, the headlines and the points of each series.
func TestTheWorkbookHasThePagesNumbers(t *testing.T) {
	p := somePack()
	file := packBook(t, p)
	if names := file.GetSheetList(); len(names) > 12 || names[0] != "summary" || file.GetActiveSheetIndex() != 0 {
		t.Errorf("sheets %q", names)
	}
	if found := faults(t, file); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
	var all []string
	for _, sheet := range file.GetSheetList() {
		rows, err := file.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			all = append(all, strings.Join(row, "|"))
		}
	}
	has := func(line string) {
		if !slices.ContainsFunc(all, func(l string) bool { return strings.HasPrefix(l, line) }) {
			t.Errorf("the workbook lacks %s", line)
		}
	}
	cells := 0
	for _, v := range p.Views {
		for _, r := range v.Rows {
			for i, c := range v.Columns {
				shown := r.Cells[i].Text
				if n := r.Cells[i].Number; n != nil {
					shown = strconv.FormatFloat(*n, 'f', -1, 64)
				}
				if r.Name == "Zoë O’Brien-Ångström 李" || r.IsTotal {
					has(strings.Join([]string{v.Title, "", r.Name, c.Heading, shown}, "|"))
				}
				cells++
			}
		}
	}
	if lines := slices.DeleteFunc(slices.Clone(all), func(l string) bool {
		return !strings.Contains(l, "|Open now|") && !strings.Contains(l, "|Opened|") && !strings.Contains(l, "|Closed|")
	}); len(lines) != 3*(len(hostile)+1) {
		t.Errorf("%d lines of episodes", len(lines))
	}
	has("Headline|Looked at|50|180|27.8||7.8|100|Misses target")
	has("Headline|Few|[c]")
	has("Action|Look|30||||||Action needed|" + hostile[3])
	has(fmt.Sprintf("%s|Apr 2025|[c]|20|0|44.5|10", p.Trends[0].Series))
	has("Short|1 Nov 2026|51.5||||95")
}

// The page is accessible in light and dark and as wide as a phone, fits a phone, and prints its definitions.
func TestThePackIsAccessible(t *testing.T) {
	chromium, axe := pagetest.Need(t, "chromium"), pagetest.Axe(t)
	folder, page := t.TempDir(), packPage(t, somePack())
	for name, flags := range map[string][]string{
		"desktop": {"--window-size=1280,900"},
		"phone":   {"--window-size=500,900"},
		"dark":    {"--window-size=1280,900", "--blink-settings=preferredColorScheme=0"},
	} {
		t.Run(name, func(t *testing.T) {
			if found := pagetest.Violations(t, chromium, axe, filepath.Join(folder, name), page, flags); len(found) > 0 {
				t.Error(strings.Join(found, "\n"))
			}
		})
	}
	if wide := width(t, chromium, page); wide > 360 {
		t.Errorf("on a phone it is %d px wide", wide)
	}
}

func TestThePackPrintsItsDefinitions(t *testing.T) {
	chromium, reader, folder := pagetest.Need(t, "chromium"), pagetest.Need(t, "pdftotext"), t.TempDir()
	file, paper := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.pdf")
	if err := os.WriteFile(file, []byte(packPage(t, somePack())), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+folder, "--print-to-pdf="+paper, "file://"+file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := exec.Command(reader, paper, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"what is counted here", "what it does not say", "Ångström", "8,000", "28%"} {
		if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
			t.Errorf("the paper lacks %q", want)
		}
	}
}

// Tables stand by size; what begins with a number stands by it, which is not told; what is not recorded stands last.
func TestRowsStandInASensibleOrder(t *testing.T) {
	order := func(figures []figure, title string) (names []string) {
		for _, v := range viewsOf(figures, "month") {
			if v.Title == title {
				for _, r := range v.Rows {
					names = append(names, r.Name)
				}
			}
		}
		return names
	}
	teams := []figure{cell("open_episodes", "team", "A", "all", "open", 10), cell("open_episodes", "team", "B", "all", "open", 30), cell("open_episodes", "team", "no team recorded", "all", "open", 90), cell("open_episodes", "all", "all", "", "open", 130)}
	if got, want := order(teams, "By team"), []string{"B", "A", "no team recorded", "Total"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	standings := []figure{cell("nhs_number_standing", "standing", "2 traced", "", "people", 50), cell("nhs_number_standing", "standing", "1 verified", "", "people", 10)}
	if got, want := order(standings, "How reliable NHS numbers are"), []string{"verified", "traced"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	causes := []figure{cell("data_quality", "source", "cpis", "", "rows quarantined", 3), cell("data_quality", "source", "casestore", "", "rows quarantined", 9),
		cell("data_quality", "rule", "cpis, a: x", "cpis", "rows quarantined", 3), cell("data_quality", "rule", "casestore, b: y", "casestore", "rows quarantined", 9)}
	if got, want := order(causes, "Causes, by source"), []string{"Case management system", "b: y", "CP-IS", "a: x"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := unnumbered("1 Stop Shop", []string{"1 Stop Shop", "Reablement"}); got != "1 Stop Shop" {
		t.Errorf("%q", got)
	}
}
