package cpis

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"careshare/extract"
	"careshare/extract/inbox"
	"careshare/extract/inbox/inboxtest"
)

// Each case plants one fault in a sound file: old becomes new.
func TestPlantedFaultsOfAFile(t *testing.T) {
	const bomb = `<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>`
	const v3 = `xmlns="urn:hl7-org:v3"`
	for name, c := range map[string]struct{ old, new, rule string }{
		"truncated":          {"</FileResponse>", "", "not well-formed XML"},
		"entity bomb":        {"<FileResponse", bomb + "<FileResponse", "document type declaration"},
		"unknown entity":     {"</FileResponse>", "&bomb;</FileResponse>", "not well-formed XML"},
		"other encoding":     {"UTF-8", "ISO-8859-1", "not UTF-8"},
		"mis-encoded":        {"</FileResponse>", "<note>Zo\xeb</note></FileResponse>", "not UTF-8"},
		"wrong namespace":    {v3, `xmlns="urn:hl7-org:v2"`, "element outside urn:hl7-org:v3"},
		"no namespace":       {v3, "", "element outside urn:hl7-org:v3"},
		"foreign element":    {`<creationTime`, `<creationTime xmlns="urn:other"`, "element outside urn:hl7-org:v3"},
		"text after":         {"</FileResponse>", "</FileResponse>Canary", notWellFormed},
		"CDATA after":        {"</FileResponse>", "</FileResponse><![CDATA[Canary]]>", notWellFormed},
		"end tag after":      {"</FileResponse>", "</FileResponse></FileResponse>", notWellFormed},
		"text before":        {"<FileResponse", "Canary<FileResponse", notWellFormed},
		"second root":        {"</FileResponse>", "</FileResponse><FileResponse " + v3 + "/>", "second root element"},
		"another message":    {"FileResponse", "AccessNotification", "another message than FileResponse"},
		"only a comment":     {sample(t, "acknowledgement.xml"), "<!-- nothing -->", "no element"},
		"doubled header":     {`<transmissionQuantity value="120"/>`, `<transmissionQuantity value="120"/><transmissionQuantity value="1"/>`, "element given twice"},
		"doubled attribute":  {`value="120"`, `value="120" value="121"`, "attribute given twice"},
		"missing header":     {`<transmissionQuantity value="120"/>`, "", "missing element"},
		"header too late":    {"</FileResponse>", `<creationTime value="2026"/></FileResponse>`, "header after a record"},
		"long text":          {"</FileResponse>", "<note>" + strings.Repeat("x", maxText+1) + "</note></FileResponse>", "text over 4096 bytes"},
		"long attribute":     {`value="120"`, `value="` + strings.Repeat("1", maxText+1) + `"`, "text over 4096 bytes"},
		"deep":               {"</FileResponse>", strings.Repeat("<n>", maxDepth) + strings.Repeat("</n>", maxDepth) + "</FileResponse>", "elements nested over 16 deep"},
		"wide record":        {"</FileResponse>", "<n>" + strings.Repeat("<n/>", maxChildren) + "</n></FileResponse>", "record over 4096 elements"},
		"wide header":        {"<creationTime", strings.Repeat("<n/>", maxChildren) + "<creationTime", "header over 4096 elements"},
		"many elements":      {"</FileResponse>", strings.Repeat("<acknowledgementRecord/>", maxElements) + "</FileResponse>", "over 200000 elements"},
		"bad number":         {`extension="17"`, `extension="seventeen"`, "not a whole number"},
		"bad date":           {"20261031063000+0000", "20261331063000+0000", "not a point in time"},
		"hours without zone": {"20261031063000+0000", "20261031063000", "not a point in time"},
		"year too early":     {"20261031063000+0000", "0026", "not a point in time"},
		"odd digits":         {"20261031063000+0000", "20261", "not a point in time"},
		"unknown file code":  {"CPF03", "CPF07", "unknown code"},
		"other code system":  {"4.17.474", "4.17.475", "another code system"},
	} {
		t.Run(name, func(t *testing.T) {
			sound := sample(t, "acknowledgement.xml")
			r := read(t, inboxtest.Files{"acknowledgements/a.xml": strings.ReplaceAll(sound, c.old, c.new), "acknowledgements/b.xml": sound})
			if len(r.Rejects) != 1 || r.Rejects[0].Rule != c.rule || r.Rejects[0].File != "a.xml" || r.Rejects[0].Raw == "" {
				t.Fatalf("rejects %.300v, want one: %s", r.Rejects, c.rule)
			}
			if r.Tables["acknowledgements"].RowsOut != 1 || r.Tables["acknowledgement_records"].RowsOut != 2 {
				t.Errorf("the sound file beside it was not taken: %+v", r.Tables)
			}
		})
	}
}

// The faults that any XML can have are found in each kind of message, and its sound copy beside it is taken.
func TestPlantedFaultsOfEveryMessage(t *testing.T) {
	for folder, name := range map[string]string{"acknowledgements": "acknowledgement.xml", "notifications": "notification.xml", "inactive": "inactive.xml"} {
		sound := sample(t, name)
		start := strings.Index(sound, "?>") + 2
		for fault, c := range map[string]struct{ text, rule string }{
			"truncated":          {sound[:len(sound)*2/3], "not well-formed XML"},
			"empty":              {"", "empty file"},
			"entity bomb":        {`<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>` + sound[start:], "document type declaration"},
			"mis-encoded":        {strings.Replace(sound, "</", "<note>Zo\xeb</note></", 1), "not UTF-8"},
			"UTF-16":             {"\xff\xfe" + sound, "not UTF-8"},
			"another encoding":   {strings.Replace(sound, "UTF-8", "windows-1252", 1), "not UTF-8"},
			"wrongly namespaced": {strings.ReplaceAll(sound, "urn:hl7-org:v3", "urn:hl7-org:v2"), "element outside urn:hl7-org:v3"},
		} {
			t.Run(folder+"/"+fault, func(t *testing.T) {
				r := read(t, inboxtest.Files{folder + "/a.xml": c.text, folder + "/b.xml": sound})
				if len(r.Rejects) != 1 || r.Rejects[0].Rule != c.rule || r.Rejects[0].File != "a.xml" {
					t.Fatalf("rejects %.300v, want one: %s", r.Rejects, c.rule)
				}
				taken := int64(0)
				for _, table := range r.Tables {
					taken += table.RowsOut
				}
				if taken == 0 {
					t.Error("the sound file beside it was not taken")
				}
			})
		}
	}
}

func TestFilesThatCannotBeReadAtAll(t *testing.T) {
	r := read(t, inboxtest.Files{"inactive/a.xml": "", "inactive/b.xml": "\xff\xfe<\x00", "inactive/c.xml/d.xml": "a folder"})
	if got := strings.Join(r.Rules(), ", "); got != "a.xml:0 empty file, b.xml:0 not UTF-8, c.xml:0 not a plain file" {
		t.Error(got)
	}
}

func TestPlantedFaultsOfARecord(t *testing.T) {
	for name, c := range map[string]struct{ file, old, new, rule, key string }{
		"unknown record code":  {"acknowledgement.xml", "CPR01", "CPR99", "unknown code", "1"},
		"bad local id":         {"acknowledgement.xml", `extension="4711"`, `extension="47 11"`, "not a whole number", "1"},
		"two NHS numbers":      {"acknowledgement.xml", "2.1.3.2.4.18.24", "2.1.4.1", "element given twice", "1"},
		"no code":              {"acknowledgement.xml", `<code code="CPR04" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.473"/>`, "", "missing element", "2"},
		"bad access time":      {"notification.xml", "20261030214500+0000", "yesterday", "not a point in time", "1"},
		"short NHS number":     {"notification.xml", "9990000026", "999000002", "not ten digits", "2"},
		"no nominated person":  {"notification.xml", "nominatedPerson", "otherPerson", "missing element", "2"},
		"no family name":       {"notification.xml", "<family>Example</family>", "", "missing element", "1"},
		"no role name":         {"notification.xml", ` displayName="Deputy"`, "", "missing displayName", "2"},
		"no author":            {"notification.xml", "device>", "machine>", "neither a person nor a device", "2"},
		"count differs":        {"notification.xml", `Records value="2"`, `Records value="3"`, "count differs from the records", ""},
		"another type":         {"notification.xml", `code="05"`, `code="06"`, "another message type", ""},
		"unknown type":         {"inactive.xml", `code="06"`, `code="07"`, "unknown code", ""},
		"no message id":        {"inactive.xml", `id root="1F0E7C5E-1111-4222-8333-944455556666"`, "id", "missing root", ""},
		"bad replacement":      {"inactive.xml", "9990000026", "none", "not ten digits", ""},
		"doubled patient":      {"inactive.xml", "<patient>", "<patient/><patient>", "element given twice", ""},
		"a number of no scope": {"inactive.xml", `.4.1" extension="9990000018"`, `.4.2" extension="9990000018"`, "not ten digits", ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := map[string]string{"acknowledgement.xml": "acknowledgements/", "notification.xml": "notifications/", "inactive.xml": "inactive/"}[c.file]
			r := read(t, inboxtest.Files{folder + "a.xml": strings.ReplaceAll(sample(t, c.file), c.old, c.new)})
			if len(r.Rejects) != 1 || r.Rejects[0].Rule != c.rule || r.Rejects[0].Key != c.key || r.Rejects[0].Raw == "" {
				t.Fatalf("rejects %.300v, want one: %s of record %q", r.Rejects, c.rule, c.key)
			}
			if c.key != "" && (strings.Contains(r.Rejects[0].Raw, "FileResponse") || r.Rejects[0].Line < 7) {
				t.Errorf("the reject is not of the record alone: %+v", r.Rejects[0])
			}
		})
	}
}

func TestCodeListsHoldEveryCodeOnce(t *testing.T) {
	for name, c := range map[string]struct {
		list codeList
		want int
	}{"CP-ISMessageType": {messageTypes(), 6}, "CP-ISUploadFileResponse": {fileResponses(), 6}, "CP-ISUploadRecordResponse": {recordResponses(), 7}} {
		seen := map[string]bool{}
		for _, code := range c.list.codes {
			if seen[code.value] || code.meaning == "" {
				t.Errorf("%s %s: twice, or without a meaning", name, code.value)
			}
			seen[code.value] = true
		}
		if len(seen) != c.want {
			t.Errorf("%s has %d codes, want %d", name, len(seen), c.want)
		}
	}
}

// FuzzMessages sees that no file brings a reader down and that every error is a fault without the file's text.
func FuzzMessages(f *testing.F) {
	for _, name := range []string{"acknowledgement.xml", "notification.xml", "inactive.xml"} {
		f.Add([]byte(sample(f, name)))
	}
	quarantine, err := extract.OpenQuarantine(filepath.Join(f.TempDir(), "q.parquet"), true)
	if err != nil {
		f.Fatal(err)
	}
	tables, err := create(inbox.Options{To: f.TempDir(), Quarantine: quarantine})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		start, err := inbox.Text(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		for i, read := range []message{readAcknowledgement, readNotification, readInactive} {
			to := [][]*inbox.Table{tables[0:2], tables[2:3], tables[3:4]}[i]
			r := newReader(io.NewSectionReader(start, 0, start.Size()))
			if _, err := asFault(read("f.xml", r, time.UTC, to), start); err != nil {
				t.Errorf("an error that is no fault: %v", err)
			}
			for _, table := range to {
				table.Drop()
			}
		}
	})
}
