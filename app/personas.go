package app

import (
	"context"

	"jinlin/service/demo"
	"jinlin/service/wechat/sandbox"
)

// personas are the people of the demo county whom the sandbox knows from the start.
func personas() []sandbox.Persona {
	var known []sandbox.Persona
	for _, p := range demo.Personas() {
		known = append(known, sandbox.Persona{Name: p.Name, Display: p.Display})
	}
	return known
}

// loadDemo fills an empty development database, so that a newcomer meets a county.
func (a *App) loadDemo(ctx context.Context, _ Options) error {
	if a.Config.Demo != "on" || a.Config.Production() {
		return nil
	}
	report, err := demo.Load(ctx, a.Store)
	a.Demo = &report
	return err
}
