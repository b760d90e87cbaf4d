package model

import "cmp"

// ClockPolicyID names a version of a policy.
type ClockPolicyID = ID[ClockPolicy]

// ClockPolicy says how long the clocks of requests run. What a clock was due at stays when another
// version follows.
type ClockPolicy struct {
	ID ClockPolicyID `data:"none"`
	Ruling
	Preset      string     `data:"none"` // where its figures came from; "" where somebody chose them
	Acknowledge ClockLimit `data:"none"`
	Dispatch    ClockLimit `data:"none"` // from the same moment as Acknowledge; after a return, from that
	Handle      ClockLimit `data:"none"`
	Reply       ClockLimit `data:"none"`
	Silence     ClockLimit `data:"none"`
	Visit       ClockLimit `data:"none"` // a return visit that is owed
	ReturnVisit bool       `data:"none"` // silence asks for a visit before it closes
	Rung        ClockLimit `data:"none"` // from one rung of the ladder to the next

	// CloseUnclaimed has silence close also what was entered for others and nobody took over. They
	// have no phone in the app to say anything with, so somebody is to ask them first otherwise.
	CloseUnclaimed bool `data:"none"`

	PhotoOfWork bool `data:"none"` // an answer that something was done shows it in a photo
}

// SetID names it.
func (p *ClockPolicy) SetID(id ClockPolicyID) { p.ID = id }

// Limit is how long a clock runs.
func (p ClockPolicy) Limit(name ClockName) ClockLimit {
	switch name {
	case ClockAcknowledge:
		return p.Acknowledge
	case ClockDispatch:
		return p.Dispatch
	case ClockHandle:
		return p.Handle
	case ClockReply:
		return p.Reply
	case ClockVisit:
		return p.Visit
	}
	return p.Silence
}

// The presets follow what 12345 hot-lines are bound to.
const (
	PresetGeneral   = "general"
	PresetDanger    = "danger"
	PresetUtilities = "utilities"
	PresetComplex   = "complex"
	PresetConsult   = "consult"
	PresetComplaint = "complaint"
	PresetProvince  = "province"
)

// ClockPresets are policies that come with the program. Danger, utilities, general and complex
// are Beijing's local standard of 2023 (dispatched within 1, 2 and 24 hours of coming in, answered
// within 2 hours, 24 hours, 7 and 15 days); province is Shandong's rule (15 working days); consult and
// complaint are a district bureau's (3 and 13 working days, and a return visit on the working day
// after the answer: the visit is owed an hour after it, until the close of the next working day).
var ClockPresets = []ClockPolicy{
	{Preset: PresetGeneral, Acknowledge: "24h", Dispatch: "24h", Handle: "2d", Reply: "7d"},
	{Preset: PresetDanger, Acknowledge: "1h", Dispatch: "1h", Handle: "1h", Reply: "2h", Rung: "4h"},
	{Preset: PresetUtilities, Acknowledge: "2h", Dispatch: "2h", Handle: "4h", Reply: "24h"},
	{Preset: PresetComplex, Acknowledge: "24h", Dispatch: "24h", Handle: "3d", Reply: "15d", ReturnVisit: true},
	{Preset: PresetConsult, Acknowledge: "1wd", Dispatch: "1wd", Handle: "1wd", Reply: "3wd", Silence: "1h", ReturnVisit: true},
	{Preset: PresetComplaint, Acknowledge: "1wd", Dispatch: "1wd", Handle: "2wd", Reply: "13wd", Silence: "1h", ReturnVisit: true},
	{Preset: PresetProvince, Acknowledge: "1wd", Dispatch: "1wd", Handle: "2wd", Reply: "15wd", ReturnVisit: true},
}

// PatientSilence is how long an answer waits for feedback before silence closes the request.
const PatientSilence ClockLimit = "7d"

// ClockPreset is one of them; false for an unknown name.
func ClockPreset(name string) (ClockPolicy, bool) {
	for _, p := range ClockPresets {
		if p.Preset == name {
			p.Silence, p.Visit, p.Rung = cmp.Or(p.Silence, PatientSilence), "1wd", cmp.Or(p.Rung, "1wd")
			return p, true
		}
	}
	return ClockPolicy{}, false
}

// categoryPresets are the categories with a preset of their own, where the county says nothing.
var categoryPresets = map[string]string{
	"safety": PresetDanger, "utilities": PresetUtilities, "party": PresetConsult, "suggestion": PresetConsult,
}

// PolicyFor chooses among the newest versions of some units, nearest unit first. What is said
// of the category comes before what is said of any, and what comes with the program for that
// category in between: a county that gives itself more time does so in words for what is urgent.
func PolicyFor(category string, units []UnitID, policies []ClockPolicy) ClockPolicy {
	if p, found := nearest(category, units, policies); found {
		return p
	}
	if name, special := categoryPresets[category]; special {
		p, _ := ClockPreset(name)
		p.Silence, p.ReturnVisit = PatientSilence, false // visits are owed where somebody says so
		return p
	}
	if p, found := nearest("", units, policies); found {
		return p
	}
	p, _ := ClockPreset(PresetGeneral)
	return p
}
