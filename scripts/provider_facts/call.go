package main

import (
	"fmt"
	"go/ast"
	"path"
)

// call works a function of this module out where its body is simple; else the call stays as a node, so that the reader
// of the result sees `validation.IntBetween` with its arguments.
func (e *Evaluator) call(x *ast.CallExpr, scope *Scope) any {
	name, closure, types := e.callee(x.Fun, scope)
	args := e.arguments(x, scope)
	if v, ok := builtin(name, x, args, scope); ok {
		return v
	}
	if closure != nil && len(types) == 0 && e.depth < maxDepth {
		if v, ok := e.apply(closure, args); ok {
			if inner, isClosure := v.(*Closure); !isClosure || inner.name != "" {
				if !isUnknown(v) {
					return v
				}
			}
		}
	}
	node := Node{"$call": name, "args": args}
	if selector, ok := x.Fun.(*ast.SelectorExpr); ok {
		// The chain StringEnumType[T]().AttributeDefault(…) is read by what it starts with.
		if receiver, ok := selector.X.(*ast.CallExpr); ok {
			node["on"] = e.eval(receiver, scope, nil)
		}
	}
	if len(types) > 0 {
		node["types"] = types
	}
	return node
}

func isUnknown(v any) bool {
	m, ok := v.(Node)
	if !ok {
		return v == nil
	}
	_, bad := m["$unknown"]
	return bad
}

func (e *Evaluator) arguments(x *ast.CallExpr, scope *Scope) []any {
	args := make([]any, 0, len(x.Args))
	for i, arg := range x.Args {
		v := e.eval(arg, scope, nil)
		if list, ok := v.([]any); ok && x.Ellipsis.IsValid() && i == len(x.Args)-1 {
			args = append(args, list...)
			continue
		}
		args = append(args, v)
	}
	return args
}

// callee names the function called, with its body when it is in this module and the types between its brackets.
func (e *Evaluator) callee(fun ast.Expr, scope *Scope) (string, *Closure, []any) {
	switch f := fun.(type) {
	case *ast.IndexExpr:
		name, closure, _ := e.callee(f.X, scope)
		return name, closure, []any{qualified(f.Index, scope)}
	case *ast.IndexListExpr:
		name, closure, _ := e.callee(f.X, scope)
		types := []any{}
		for _, index := range f.Indices {
			types = append(types, qualified(index, scope))
		}
		return name, closure, types
	case *ast.ParenExpr:
		return e.callee(f.X, scope)
	case *ast.FuncLit:
		return "literal", &Closure{f.Body, f.Type.Params, scope, ""}, nil
	case *ast.Ident:
		if closure, ok := e.ident(f.Name, scope).(*Closure); ok {
			name := closure.name
			if name == "" {
				name = f.Name
			}
			if declared := scope.file.pkg.funcs[f.Name]; declared != nil && declared.decl.Type.TypeParams != nil {
				return path.Base(scope.file.pkg.path) + "." + f.Name, nil, nil
			}
			return name, closure, nil
		}
		return f.Name, nil, nil
	case *ast.SelectorExpr:
		return e.selectedCallee(f, scope)
	}
	return fmt.Sprintf("%T", fun), nil, nil
}

func (e *Evaluator) selectedCallee(f *ast.SelectorExpr, scope *Scope) (string, *Closure, []any) {
	ident, ok := f.X.(*ast.Ident)
	if ok {
		if importPath, imported := scope.file.imports[ident.Name]; imported {
			if _, local := scope.lookup(ident.Name); !local {
				name := shortPath(importPath) + "." + f.Sel.Name
				if p := e.module.Package(importPath); p != nil {
					declared := p.funcs[f.Sel.Name]
					if declared != nil && declared.decl.Type.TypeParams == nil {
						return name, &Closure{declared.decl.Body, declared.decl.Type.Params, &Scope{vars: Node{}, file: declared.file}, name}, nil
					}
				}
				return name, nil, nil
			}
		}
	}
	return "." + f.Sel.Name, nil, nil
}

func qualified(expr ast.Expr, scope *Scope) string {
	switch t := expr.(type) {
	case *ast.SelectorExpr:
		if ident, ok := t.X.(*ast.Ident); ok {
			return shortPath(scope.file.imports[ident.Name]) + "." + t.Sel.Name
		}
	case *ast.Ident:
		return path.Base(scope.file.pkg.path) + "." + t.Name
	case *ast.StarExpr:
		return qualified(t.X, scope)
	}
	return fmt.Sprintf("%T", expr)
}

func builtin(name string, x *ast.CallExpr, args []any, _ *Scope) (any, bool) {
	switch name {
	case "delete":
		if m, ok := args[0].(Node); ok {
			if key, ok := args[1].(string); ok {
				delete(m, key)
			}
		}
		return nil, true
	case "make":
		if _, ok := x.Args[0].(*ast.MapType); ok {
			return Node{}, true
		}
		return []any{}, true
	case "append":
		list, ok := args[0].([]any)
		if !ok && args[0] != nil {
			return nil, false
		}
		return append(append([]any{}, list...), args[1:]...), true
	case "len":
		if list, ok := args[0].([]any); ok {
			return int64(len(list)), true
		}
	case "maps.Copy":
		to, ok1 := args[0].(Node)
		from, ok2 := args[1].(Node)
		if ok1 && ok2 {
			for key, value := range from {
				to[key] = value
			}
		}
		return nil, true
	case "maps.Clone":
		if from, ok := args[0].(Node); ok && !isNode(from) {
			to := Node{}
			for key, value := range from {
				to[key] = value
			}
			return to, true
		}
	case "string", "int", "int64", "int32", "float64", "aws.String", "aws.Int64", "aws.Int32":
		if len(args) == 1 {
			return args[0], true
		}
	}
	return nil, false
}
