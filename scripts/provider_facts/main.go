// provider_facts reads the resource schemas out of a Terraform provider's Go source, without compiling it, and prints
// them as JSON, one resource a line: {"name": "aws_vpc", "kind": "sdk", "schema": {…}}.
//
//	go run . MODULE_ROOT MODULE_PATH SERVICES_FOLDER
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: provider_facts MODULE_ROOT MODULE_PATH SERVICES_FOLDER")
		os.Exit(2)
	}
	root, modulePath, services := os.Args[1], os.Args[2], os.Args[3]
	module := NewModule(root, modulePath)
	evaluator := &Evaluator{module: module}
	entries, err := os.ReadDir(filepath.Join(root, services))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		importPath := path.Join(modulePath, services, entry.Name())
		p := module.Package(importPath)
		if p == nil {
			continue
		}
		found := evaluator.resources(p)
		sdks := p.sdks()
		sort.Slice(found, func(i, j int) bool { return found[i].Name < found[j].Name })
		for _, resource := range found {
			resource.Service, resource.SDKs = entry.Name(), sdks
			resource.Schema = evaluator.plain(resource.Schema, 0)
			if err := encoder.Encode(resource); err != nil {
				fmt.Fprintln(os.Stderr, resource.Name, err)
			}
		}
		// A service's source is read once; others refer to little of it.
		delete(module.packages, importPath)
	}
}

// plain makes a value fit for JSON: closures become {"$func": name}, with what they check when they are validators.
func (e *Evaluator) plain(v any, depth int) any {
	if depth > 80 {
		return nil
	}
	switch x := v.(type) {
	case *Closure:
		if checks := e.validatorChecks(x); checks != nil {
			return Node{"$func": x.name, "checks": checks}
		}
		return Node{"$func": x.name}
	case Node:
		out := make(Node, len(x))
		for key, item := range x {
			if item != nil && key != "Description" && key != "MarkdownDescription" {
				out[key] = e.plain(item, depth+1)
			}
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = e.plain(item, depth+1)
		}
		return out
	}
	return v
}
