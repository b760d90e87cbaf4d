package model

import (
	"encoding/json"
	"time"
)

// Room is a room of a station.
type Room struct {
	Name  string `json:"name"`
	Use   string `json:"use,omitempty"` // as in 议事、阅览
	Seats int    `json:"seats,omitempty"`
}

// StationProfile is what a station is like for a time. A change adds one, and the one
// before ends on the day on which the change begins. What every unit has, name, address and
// phone, the unit says.
type StationProfile struct {
	StationID UnitID    `gorm:"primaryKey" data:"none"`
	Version   int       `gorm:"primaryKey" data:"none"` // 1 for the first
	Area      int       `data:"none"`                   // in square metres; 0 is not known
	Rooms     string    `data:"none"`                   // JSON of []Room
	Hours     string    `data:"none"`                   // JSON of Hours
	ValidFrom Date      `data:"none"`
	ValidTo   *Date     `data:"none"` // first day on which it is no more
	ChangedBy UserID    `data:"none"`
	CreatedAt time.Time `data:"none"`
}

// In says whether it holds on a day.
func (p StationProfile) In(day Date) bool {
	return p.Version > 0 && p.ValidFrom <= day && (p.ValidTo == nil || day < *p.ValidTo)
}

// SetRooms writes the rooms down.
func (p *StationProfile) SetRooms(rooms []Room) { p.Rooms = jsonText(rooms) }

// RoomList are the rooms.
func (p StationProfile) RoomList() (rooms []Room) {
	_ = json.Unmarshal([]byte(p.Rooms), &rooms) // written by SetRooms
	return rooms
}

// SetOpening writes the hours down.
func (p *StationProfile) SetOpening(hours Hours) { p.Hours = jsonText(hours) }

// Opening are the hours of its usual week.
func (p StationProfile) Opening() (hours Hours) {
	_ = json.Unmarshal([]byte(p.Hours), &hours) // written by SetOpening
	return hours
}

// StationDay is a day on which a station's hours are not the usual ones: closed, shorter,
// or longer.
type StationDay struct {
	StationID UnitID    `gorm:"primaryKey" data:"none"`
	Date      Date      `gorm:"primaryKey" data:"none"`
	Hours     string    `data:"none"` // JSON of Spans; none is closed
	Reason    string    `data:"none"`
	ChangedBy UserID    `data:"none"`
	UpdatedAt time.Time `data:"none"`
	Version   int       `data:"none"`
}

// SetSpans writes the hours down.
func (d *StationDay) SetSpans(spans Spans) { d.Hours = jsonText(spans) }

// Spans are the hours of the day.
func (d StationDay) Spans() (spans Spans) {
	_ = json.Unmarshal([]byte(d.Hours), &spans) // written by SetSpans
	return spans
}

// ServiceItemID names a service item.
type ServiceItemID = ID[ServiceItem]

// ServiceItem is one version of something that a station does for people: what it is, how
// it goes, what to bring and who answers. Versions are never changed; the last one that has
// not ended is what holds.
type ServiceItem struct {
	ID        ServiceItemID `gorm:"primaryKey" data:"none"`
	Version   int           `gorm:"primaryKey" data:"none"`
	UnitID    UnitID        `data:"none"` // a station, or a place whose stations all do it
	Name      string        `data:"none"`
	Steps     string        `data:"none"`        // the procedure
	Documents string        `data:"none"`        // JSON of []string
	Answers   string        `data:"none"`        // the post that answers, as in 民政协理员
	Contact   string        `data:"public_duty"` // a phone, a window, a time
	ValidFrom Date          `data:"none"`
	ValidTo   *Date         `data:"none"` // first day on which it is no more
	Live      *bool         `data:"none"` // see Lasting
	ChangedBy UserID        `data:"none"`
	CreatedAt time.Time     `data:"none"`
}

// SetDocuments writes down what to bring.
func (i *ServiceItem) SetDocuments(documents []string) { i.Documents = jsonText(documents) }

// DocumentList is what to bring.
func (i ServiceItem) DocumentList() (documents []string) {
	_ = json.Unmarshal([]byte(i.Documents), &documents) // written by SetDocuments
	return documents
}

// jsonText writes plain data, which never fails.
func jsonText(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
