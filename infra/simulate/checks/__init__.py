"""What a cloud refuses although every name, type and reference is right: rules between values, one file a
service.
"""
