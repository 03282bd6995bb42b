package main

import "go/ast"

// composite reads a literal of a struct or map as an object, and of a slice as a list. `expected` is the type that the
// literal around it gives to elements that leave theirs out.
func (e *Evaluator) composite(x *ast.CompositeLit, scope *Scope, expected ast.Expr) any {
	typ := x.Type
	if typ == nil {
		typ = expected
	}
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	switch t := typ.(type) {
	case *ast.ArrayType:
		return e.list(x, scope, t.Elt)
	case *ast.MapType:
		return e.mapping(x, scope, t.Value)
	case *ast.SelectorExpr:
		// A named type of another package: a slice or map when its elements have no field names.
		if len(x.Elts) > 0 {
			if _, keyed := x.Elts[0].(*ast.KeyValueExpr); !keyed {
				return e.list(x, scope, nil)
			}
		}
	}
	return e.structure(x, scope, typ)
}

func (e *Evaluator) list(x *ast.CompositeLit, scope *Scope, element ast.Expr) any {
	out := make([]any, 0, len(x.Elts))
	for _, elt := range x.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			elt = kv.Value
		}
		out = append(out, e.eval(elt, scope, element))
	}
	return out
}

func (e *Evaluator) mapping(x *ast.CompositeLit, scope *Scope, element ast.Expr) any {
	out := Node{}
	for _, elt := range x.Elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := e.eval(kv.Key, scope, nil).(string); ok {
			out[key] = e.eval(kv.Value, scope, element)
		}
	}
	return out
}

func (e *Evaluator) structure(x *ast.CompositeLit, scope *Scope, typ ast.Expr) any {
	out := Node{"$type": typeName(typ)}
	for _, elt := range x.Elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key := kv.Key.(type) {
		case *ast.Ident:
			out[key.Name] = e.eval(kv.Value, scope, nil)
		default:
			// A named map type.
			if name, ok := e.eval(key, scope, nil).(string); ok {
				out[name] = e.eval(kv.Value, scope, nil)
			}
		}
	}
	return out
}
